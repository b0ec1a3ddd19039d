import { EngineError } from '../../errors.js';
import type { ScoreSpec } from '../../kv/selection.js';
import { meanOverSeeing, pooled, recentWeights, type Voters } from '../../kv/votes.js';
import type { ModelConfig } from '../../model/model-config.js';
import type { ModelSessions } from '../model-sessions.js';
import { type AnyTensor, float32Tensor, runOnce, type Session } from '../ort/session.js';
import { RotaryTable } from '../rope.js';
import type { QueryRing } from './query-ring.js';
import type { AskedScores, LayerKeys, NewestQueries, Queries, Scored, Scores } from './scores.js';

const LONGEST_RUN = 64;
const SHORTEST_RUN = 16;
/** Floats for the attention of one run in each head, if runs of SHORTEST_RUN need no more; it is there some three times. */
const ATTENTION_FLOATS = 160_000;

/** Query rows a run. */
function rowsPerRun({ length }: LayerKeys): number {
  return Math.min(LONGEST_RUN, Math.max(SHORTEST_RUN, Math.floor(ATTENTION_FLOATS / length)));
}

/** On the processor, over our own memory. */
export class AttentionScores implements Scores {
  private readonly config: ModelConfig;
  private readonly rotary: RotaryTable;

  constructor(private readonly sessions: ModelSessions) {
    this.config = sessions.model.config;
    this.rotary = new RotaryTable(this.config);
  }

  ask(...asked: Parameters<Scores['ask']>): AskedScores {
    return { runs: [], finish: () => this.score(...asked) };
  }

  async answers(asked: readonly AskedScores[]): Promise<Scored[]> {
    const scored: Scored[] = [];
    for (const { finish } of asked) scored.push(await finish([]));
    return scored;
  }

  newest(ring: QueryRing): NewestQueries {
    return { queries: (...of) => ring.queries(...of), release: () => {} };
  }

  /** What `spec` makes of the voters' attention. */
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
  private rotatedTo(place: number, queries: Queries): Float32Array {
    const { positions } = queries;
    const values = hostQueries(queries);
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
    const values = hostQueries(queries);
    const scaled = keys.scales ? this.withKeyScales(values, keys.scales.values) : values;
    const sums = new Float32Array(this.config.numHeads * keys.length);
    const rows = rowsPerRun(keys);
    for (let from = 0; from < weights.length; from += rows) {
      const to = Math.min(from + rows, weights.length);
      const part = await this.run(session, keys, scaled, queries.ownKeys.subarray(from, to), from, weights);
      for (let at = 0; at < sums.length; at++) sums[at] += part[at];
    }
    return sums;
  }

  async peaks(keys: LayerKeys, queries: Queries): Promise<Float32Array> {
    const session = await this.sessions.scores('float32', 'peak');
    const largest = new Float32Array(this.config.numHeads * keys.length);
    const values = hostQueries(queries);
    const rows = rowsPerRun(keys);
    for (let from = 0; from < queries.ownKeys.length; from += rows) {
      const ownKeys = queries.ownKeys.subarray(from, from + rows);
      const part = await this.run(session, keys, values, ownKeys, from, null);
      for (let at = 0; at < largest.length; at++) largest[at] = Math.max(largest[at], part[at]);
    }
    return largest;
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
    const rows = ownKeys.length;
    const query = float32Tensor([1, rows, width]);
    query.values.set(queries.subarray(from * width, (from + rows) * width));
    const used: AnyTensor = { type: 'int64', dims: [1], values: BigInt64Array.of(BigInt(length)) };
    const lastKey: AnyTensor = { type: 'int64', dims: [rows, 1], values: BigInt64Array.from(ownKeys, BigInt) };
    const scores = float32Tensor([numHeads, 1, length]);
    const inputs: Record<string, AnyTensor> = { query, keys: tensor, length: used, lastKey };
    if (weights) {
      const weight = float32Tensor([1, rows]);
      weight.values.set(weights.subarray(from, from + rows));
      inputs.weight = weight;
    }
    await runOnce(session, inputs, { scores });
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

function hostQueries({ values }: Queries): Float32Array {
  if (values instanceof Float32Array) return values;
  throw new EngineError('INTERNAL', 'Queries of a device cannot vote on the processor.');
}
