import type { KvParts } from '../../../engine/types.js';

/** As the table calls, and in small letters the legend, the parts of a layer's cache. */
export const PART_NAMES: Readonly<Record<keyof KvParts, string>> = {
  sinks: 'First',
  pinned: 'Pinned',
  context: 'Context',
  recent: 'Recent',
  generated: 'Generated',
};
