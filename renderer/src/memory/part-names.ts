import type { KvParts } from '../../../engine/types.js';

/** As legend and table call the parts of a layer's cache. */
export const PART_NAMES: Readonly<Record<keyof KvParts, string>> = {
  sinks: 'sinks',
  pinned: 'pinned',
  context: 'context',
  recent: 'recent',
  generated: 'generated',
};
