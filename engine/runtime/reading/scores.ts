import type { KvCache } from '../../kv/kv-cache.js';
import type { ScoreSpec } from '../../kv/selection.js';
import type { Voters } from '../../kv/votes.js';
import type { AnyTensor, DeviceTensor, Float32Tensor } from '../ort/session.js';
import type { QueryRing } from './query-ring.js';

/** A layer's keys, of which the first `length` rows are in use. */
export interface LayerKeys {
  /** [1, numKvHeads, capacity, headDim] */
  tensor: AnyTensor;
  /** With int8: [1, numKvHeads, 1, headDim]. */
  scales: Float32Tensor | null;
  length: number;
}

/** Keys as the cache stores them. */
export function storedKeys(cache: KvCache, layer: number): LayerKeys {
  return { tensor: cache.keys(layer), scales: cache.scales(layer)?.keys ?? null, length: cache.length(layer) };
}

/** Some rows of a tensor of a device, [all, numHeads · headDim]: `rows` of them from `first` on. */
export interface DevicePart {
  tensor: DeviceTensor;
  first: number;
  rows: number;
}

/** Queries that stay on a device: of the rows of all parts, one behind the other, those with these numbers. */
export interface DeviceQueries {
  parts: readonly DevicePart[];
  rows: Int32Array;
}

/** All rows of what was collected. */
export function whole(collected: Float32Array | DeviceTensor): Float32Array | DeviceQueries {
  if (collected instanceof Float32Array) return collected;
  const [rows] = collected.dims;
  return { parts: [{ tensor: collected, first: 0, rows }], rows: Int32Array.from({ length: rows }, (_, row) => row) };
}

/** Rotated queries and the index of each one's own key among the layer's: it attends none after. */
export interface Queries {
  /** [rows, numHeads · headDim] */
  values: Float32Array | DeviceQueries;
  /** Places in the text that they were rotated for, [rows]. */
  positions: Int32Array;
  /** Ascending, [rows]. */
  ownKeys: Int32Array;
}

/** What a selection goes by, of each query head. */
export interface Scored {
  /** [numHeads · length] */
  scores: Float32Array;
  /** The attention that they were made of, before it was pooled. [numHeads · length] */
  attention: Float32Array;
}

/** What a device is to compute: attention of some rows of a part over a layer's keys. */
export interface ScoreRun {
  keys: LayerKeys;
  part: DevicePart;
  /** As the graph takes them, [votes, headDim + 3]. */
  facts: Float32Array<ArrayBuffer>;
}

/** Scores that were asked for, and are computed when they are needed. */
export interface AskedScores {
  readonly runs: readonly ScoreRun[];
  /** `values`: of the runs. */
  finish(values: readonly Float32Array[]): Scored | Promise<Scored>;
}

/** Queries of the newest tokens in all layers, as `QueryRing.queries` gives them. */
export interface NewestQueries {
  queries(...of: Parameters<QueryRing['queries']>): Queries;
  release(): void;
}

/** Attention of some queries over a layer's keys, recomputed where a policy asks for it. */
export interface Scores {
  /**
   * Asks for what `spec` makes of the voters' attention. Keys and queries must stay until it was answered.
   * @param queriesOf the voters' queries, given their row numbers
   */
  ask(keys: LayerKeys, spec: ScoreSpec, voters: Voters, queriesOf: (rows: Int32Array) => Queries): AskedScores;
  /** All at once: on a device, to ask once costs as much as to ask for many. Each is answered once. */
  answers(asked: readonly AskedScores[]): Promise<Scored[]>;
  /**
   * The largest softmax(q·kᵀ / √headDim) over the queries.
   * @param keys in float32, or as a device computes
   * @returns [numHeads · length]
   */
  peaks(keys: LayerKeys, queries: Queries): Promise<Float32Array>;
  /** The ring's newest `count`, where scores are computed. */
  newest(ring: QueryRing, count: number): NewestQueries;
}
