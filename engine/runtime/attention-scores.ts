import type { KvCache } from '../kv/kv-cache.js';
import type { ScoreSpec } from '../kv/selection.js';
import { meanOverSeeing, pooled, recentWeights, type Voters } from '../kv/votes.js';
import type { ModelConfig } from '../model/model-config.js';
import type { ModelSessions } from './model-sessions.js';
import { RotaryTable } from './rope.js';
import { type AnyTensor, type Float32Tensor, float32Tensor, runOnce, type Session } from './session.js';

/** Query rows a run: bounds the memory for their attention to numHeads · rows · cached tokens floats. */
const ROWS_PER_RUN = 64;

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
    const session = await this.sessions.scores(keys.scales ? 'int8' : 'float32');
    const scaled = keys.scales ? this.withKeyScales(queries.values, keys.scales.values) : queries.values;
    const sums = new Float32Array(this.config.numHeads * keys.length);
    for (let from = 0; from < weights.length; from += ROWS_PER_RUN) {
      const to = Math.min(from + ROWS_PER_RUN, weights.length);
      const part = await this.run(session, keys, scaled, queries.ownKeys.subarray(from, to), from, weights);
      for (let at = 0; at < sums.length; at++) sums[at] += part[at];
    }
    return sums;
  }

  private async run(
    session: Session,
    { tensor, length }: LayerKeys,
    queries: Float32Array,
    ownKeys: Int32Array,
    from: number,
    weights: Float32Array,
  ): Promise<Float32Array> {
    const { numHeads, headDim } = this.config;
    const width = numHeads * headDim;
    const rows = ownKeys.length;
    const query = float32Tensor([1, rows, width]);
    query.values.set(queries.subarray(from * width, (from + rows) * width));
    const weight = float32Tensor([1, rows]);
    weight.values.set(weights.subarray(from, from + rows));
    const scores = float32Tensor([numHeads, 1, length]);
    const used: AnyTensor = { type: 'int64', dims: [1], values: BigInt64Array.of(BigInt(length)) };
    const mask = this.sessions.factory.device ? floatMask(ownKeys, length) : indexMask(ownKeys);
    await runOnce(session, { query, keys: tensor, length: used, ...mask, weight }, { scores });
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

/** What each query may see, as the score graph of the processor takes it. */
function indexMask(ownKeys: Int32Array): Record<string, AnyTensor> {
  return { lastKey: { type: 'int64', dims: [ownKeys.length, 1], values: BigInt64Array.from(ownKeys, BigInt) } };
}

/** The same as that of a device takes it. */
function floatMask(ownKeys: Int32Array, length: number): Record<string, AnyTensor> {
  const [ownKey, keyIndex] = [float32Tensor([ownKeys.length, 1]), float32Tensor([1, length])];
  ownKey.values.set(ownKeys);
  keyIndex.values.set(Int32Array.from({ length }, (_, key) => key));
  return { ownKey, keyIndex };
}
