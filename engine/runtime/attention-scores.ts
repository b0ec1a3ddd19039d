import type { KvCache } from '../kv/kv-cache.js';
import type { ScoreSpec } from '../kv/selection.js';
import { meanOverSeeing, pooled, recentWeights, type Voters } from '../kv/votes.js';
import type { ModelConfig } from '../model/model-config.js';
import type { ModelSessions } from './model-sessions.js';
import { RotaryTable } from './rope.js';
import { type AnyTensor, type Float32Tensor, float32Tensor, runOnce, type Session } from './session.js';

/** Query rows a run: bounds the memory for their attention to numHeads · rows · cached tokens floats. */
const ROWS_PER_RUN = 64;
/** On a device a run more costs more than memory, up to this many bytes for the attention. */
const DEVICE_ROWS_PER_RUN = 256;
const DEVICE_ATTENTION_BYTES = 64e6;

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

/** Rotated queries and the index of each one's own key among the layer's: it attends none after. */
export interface Queries {
  /** [rows, numHeads · headDim] */
  values: Float32Array;
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

/** Attention of some queries over a layer's keys, recomputed where a policy asks for it. */
export class AttentionScores {
  private readonly config: ModelConfig;
  private readonly rotary: RotaryTable;

  constructor(private readonly sessions: ModelSessions) {
    this.config = sessions.model.config;
    this.rotary = new RotaryTable(this.config);
  }

  /**
   * What `spec` makes of the voters' attention.
   * @param queriesOf the voters' queries, given their row numbers
   */
  async score(
    keys: LayerKeys,
    spec: ScoreSpec,
    { recent, spread }: Voters,
    queriesOf: (rows: Int32Array) => Queries,
  ): Promise<Scored> {
    const attention = new Float32Array(this.config.numHeads * keys.length);
    if (recent.length > 0) {
      const weights = recentWeights(recent.length, spec.distanceWeight);
      attention.set(await this.attention(keys, queriesOf(recent), weights));
    }
    if (spread.length > 0) {
      const sums = await this.spreadMeans(keys, queriesOf(spread), spec.spreadFrom);
      for (let at = 0; at < attention.length; at++) attention[at] += sums[at];
    }
    return { scores: pooled(attention, keys.length, spec.pool), attention };
  }

  private async spreadMeans(keys: LayerKeys, queries: Queries, from: ScoreSpec['spreadFrom']): Promise<Float32Array> {
    const rows = queries.ownKeys.length;
    if (from === 'end') {
      const last = new Int32Array(rows).fill(keys.length - 1);
      const end = queries.positions[rows - 1] + 1;
      const asked = { values: this.rotatedTo(end, queries), positions: queries.positions, ownKeys: last };
      return this.attention(keys, asked, new Float32Array(rows).fill(1 / rows));
    }
    const sums = await this.attention(keys, queries, new Float32Array(rows).fill(1));
    meanOverSeeing(sums, keys.length, queries.ownKeys);
    return sums;
  }

  /** Queries as they would be at another place in the text: rotation adds up. */
  private rotatedTo(place: number, { values, positions }: Queries): Float32Array {
    const { numHeads, headDim } = this.config;
    const half = headDim / 2;
    const turns = positions.map((position) => place - position);
    const cos = new Float32Array(turns.length * half);
    const sin = new Float32Array(turns.length * half);
    this.rotary.fillTurns(turns, cos, sin);
    const rotated = new Float32Array(values.length);
    for (let row = 0; row < turns.length; row++) {
      for (let head = 0; head < numHeads; head++) {
        const at = (row * numHeads + head) * headDim;
        for (let i = 0; i < half; i++) {
          const [a, b, c, s] = [values[at + i], values[at + half + i], cos[row * half + i], sin[row * half + i]];
          rotated[at + i] = a * c - b * s;
          rotated[at + half + i] = b * c + a * s;
        }
      }
    }
    return rotated;
  }

  /**
   * Σ over the queries of weight · softmax(q·kᵀ / √headDim).
   * @param weights [rows]
   * @returns [numHeads · length]
   */
  async attention(keys: LayerKeys, queries: Queries, weights: Float32Array): Promise<Float32Array> {
    const session = await this.sessions.scores(keys.scales ? 'int8' : 'float32', 'sum');
    const scaled = keys.scales ? this.withKeyScales(queries.values, keys.scales.values) : queries.values;
    const sums = new Float32Array(this.config.numHeads * keys.length);
    const atOnce = this.rowsPerRun(keys.length);
    for (let from = 0; from < weights.length; from += atOnce) {
      const to = Math.min(from + atOnce, weights.length);
      const part = await this.run(session, keys, scaled, queries.ownKeys.subarray(from, to), from, weights);
      for (let at = 0; at < sums.length; at++) sums[at] += part[at];
    }
    return sums;
  }

  /**
   * The largest softmax(q·kᵀ / √headDim) over the queries.
   * @param keys in float32
   * @returns [numHeads · length]
   */
  async peaks(keys: LayerKeys, queries: Queries): Promise<Float32Array> {
    const session = await this.sessions.scores('float32', 'peak');
    const largest = new Float32Array(this.config.numHeads * keys.length);
    const atOnce = this.rowsPerRun(keys.length);
    for (let from = 0; from < queries.ownKeys.length; from += atOnce) {
      const ownKeys = queries.ownKeys.subarray(from, from + atOnce);
      const part = await this.run(session, keys, queries.values, ownKeys, from, null);
      for (let at = 0; at < largest.length; at++) largest[at] = Math.max(largest[at], part[at]);
    }
    return largest;
  }

  private rowsPerRun(keys: number): number {
    if (!this.sessions.factory.device) return ROWS_PER_RUN;
    const fitting = Math.floor(DEVICE_ATTENTION_BYTES / (Float32Array.BYTES_PER_ELEMENT * this.config.numHeads * keys));
    return Math.max(ROWS_PER_RUN, Math.min(DEVICE_ROWS_PER_RUN, fitting));
  }

  private async run(
    session: Session,
    { tensor, length }: LayerKeys,
    queries: Float32Array,
    ownKeys: Int32Array,
    from: number,
    weights: Float32Array | null,
  ): Promise<Float32Array> {
    const { numHeads, headDim } = this.config;
    const width = numHeads * headDim;
    const asked = {
      queries: queries.subarray(from * width, (from + ownKeys.length) * width),
      ...{ ownKeys, weights: weights?.subarray(from, from + ownKeys.length) ?? null },
    };
    const used: AnyTensor = { type: 'int64', dims: [1], values: BigInt64Array.of(BigInt(length)) };
    const scores = float32Tensor([numHeads, 1, length]);
    const voters = this.sessions.factory.device ? togetherForDevice(asked, length) : apartForProcessor(asked);
    await runOnce(session, { keys: tensor, length: used, ...voters }, { scores });
    return scores.values;
  }

  /** Queries times the scales of the keys that they meet. [rows, numHeads · headDim] */
  private withKeyScales(queries: Float32Array, scales: Float32Array): Float32Array {
    const { numHeads, numKvHeads, headDim } = this.config;
    const width = numHeads * headDim;
    const byElement = Float32Array.from({ length: width }, (_, at) => {
      const kvHead = Math.floor(at / headDim / (numHeads / numKvHeads));
      return scales[kvHead * headDim + (at % headDim)];
    });
    return queries.map((value, at) => value * byElement[at % width]);
  }
}

/** What a run is asked, of some rows. */
interface Asked {
  /** [rows, numHeads · headDim] */
  queries: Float32Array;
  ownKeys: Int32Array;
  /** Null: the largest is asked for. */
  weights: Float32Array | null;
}

/** As the score graph of the processor takes it. */
function apartForProcessor({ queries, ownKeys, weights }: Asked): Record<string, AnyTensor> {
  const rows = ownKeys.length;
  const query = float32Tensor([1, rows, queries.length / rows]);
  query.values.set(queries);
  const lastKey: AnyTensor = { type: 'int64', dims: [rows, 1], values: BigInt64Array.from(ownKeys, BigInt) };
  if (!weights) return { query, lastKey };
  const weight = float32Tensor([1, rows]);
  weight.values.set(weights);
  return { query, weight, lastKey };
}

/** As that of a device takes it, to which each tensor is copied at a price of its own. */
function togetherForDevice({ queries, ownKeys, weights }: Asked, length: number): Record<string, AnyTensor> {
  const width = queries.length / ownKeys.length;
  const [voters, keyIndex] = [float32Tensor([ownKeys.length, width + 2]), float32Tensor([1, length])];
  ownKeys.forEach((ownKey, row) => {
    voters.values.set(queries.subarray(row * width, (row + 1) * width), row * (width + 2));
    voters.values.set([ownKey, weights?.[row] ?? 0], row * (width + 2) + width);
  });
  for (let key = 0; key < length; key++) keyIndex.values[key] = key;
  return { voters, keyIndex };
}
