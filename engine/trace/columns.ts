import type { KvLayerStats, KvStats } from '../types.js';
import type { LayerRow } from './schema.js';

/** What a sample has of each layer, in this order; the first five add up to its tokens. */
export const LAYER_COLUMNS = [
  'sinks',
  'pinned',
  'context',
  'recent',
  'generated',
  'lostAttention',
  'oldest',
  'newest',
  'bytes',
  'bytesAllocated',
] as const;

export function rowOf({ parts, lostAttention, oldest, newest, bytes, bytesAllocated }: KvLayerStats): LayerRow {
  const { sinks, pinned, context, recent, generated } = parts;
  return [sinks, pinned, context, recent, generated, lostAttention, oldest, newest, bytes, bytesAllocated];
}

export function layerOf(row: LayerRow): KvLayerStats {
  const [sinks, pinned, context, recent, generated, lostAttention, oldest, newest, bytes, bytesAllocated] = row;
  return {
    tokens: sinks + pinned + context + recent + generated,
    parts: { sinks, pinned, context, recent, generated },
    lostAttention,
    oldest,
    newest,
    bytes,
    bytesAllocated,
  };
}

/** The same as `layerOf` has, for those who go through many. */
export const tokensIn = ([sinks, pinned, context, recent, generated]: LayerRow) =>
  sinks + pinned + context + recent + generated;
export const bytesIn = (row: LayerRow) => row[8];
export const newestIn = (row: LayerRow) => row[7];

/** What a cache takes and holds at a moment, whatever it is under. */
export type KvMoment = Omit<KvStats, 'compression'>;
