import type { ScoreSpec } from '../kv/selection.js';
import { meanOverSeeing, pooled, recentWeights, type Voters } from '../kv/votes.js';
import type { ModelConfig } from '../model/model-config.js';
import type { ScoreReduction } from '../onnx/score-graph.js';
import type { ModelSessions } from './model-sessions.js';
import type { QueryRing } from './query-ring.js';
import { RotaryTable } from './rope.js';
import type { AskedScores, DevicePart, LayerKeys, NewestQueries, Queries, Scored, Scores } from './scores.js';
import { type DeviceMemory, type DeviceTensor, float32Tensor, int64Tensor, runOnce, type Session } from './session.js';

/** Memory for the attention of the rows of one run … */
const ATTENTION_BYTES = 128e6;
/** … if it is no fewer than so many. */
const LEAST_ROWS = 64;
/** Turns that are kept. */
const MOST_TURNS = 1024;

/** A query that votes. */
interface Vote {
  /** Among the rows of all parts. */
  row: number;
  /** Places in the text by which it is to be rotated on. */
  turn: number;
  /** Keys of the layer behind its own: those it does not see. */
  behind: number;
  weight: number;
}

/** On a device: queries and keys are there already, and scores are read back when somebody needs them. */
export class DeviceScores implements Scores {
  private readonly config: ModelConfig;
  private readonly rotary: RotaryTable;
  private counted = new Float32Array();
  /** By places: all layers ask for the same. */
  private readonly turns = new Map<number, Float32Array>();

  constructor(
    private readonly sessions: ModelSessions,
    private readonly device: DeviceMemory,
  ) {
    this.config = sessions.model.config;
    this.rotary = new RotaryTable(this.config);
  }

  async ask(
    keys: LayerKeys,
    spec: ScoreSpec,
    { recent, spread }: Voters,
    queriesOf: (rows: Int32Array) => Queries,
  ): Promise<AskedScores> {
    const [newest, evenly] = [queriesOf(recent), queriesOf(spread)];
    const weights = recentWeights(recent.length, spec.distanceWeight);
    const votes = voting(newest, keys.length, (i) => weights[i]);
    const fromEnd = spec.spreadFrom === 'end';
    if (fromEnd) votes.push(...atTheEnd(evenly));
    const summed = await this.sums(keys, newest, votes, 'sum');
    const seeing = fromEnd
      ? []
      : await this.sums(
          keys,
          evenly,
          voting(evenly, keys.length, () => 1),
          'sum',
        );
    const finish = (values: readonly Float32Array[]): Scored => {
      for (const tensor of [...summed, ...seeing]) tensor.release();
      const attention = this.added(values.slice(0, summed.length), keys.length);
      const means = this.added(values.slice(summed.length), keys.length);
      if (seeing.length > 0) meanOverSeeing(means, keys.length, evenly.ownKeys);
      for (let at = 0; at < attention.length; at++) attention[at] += means[at];
      return { scores: pooled(attention, keys.length, spec.pool), attention };
    };
    return { parts: [...summed, ...seeing], finish };
  }

  async answers(asked: readonly AskedScores[]): Promise<Scored[]> {
    const values = await this.device.readAll(asked.flatMap(({ parts }) => parts));
    return Promise.all(asked.map(({ parts, finish }) => finish(values.splice(0, parts.length))));
  }

  async peaks(keys: LayerKeys, queries: Queries): Promise<Float32Array> {
    const tensors = await this.sums(
      keys,
      queries,
      voting(queries, keys.length, () => 1),
      'peak',
    );
    const values = await this.device.readAll(tensors);
    for (const tensor of tensors) tensor.release();
    const [largest, ...others] = values;
    for (const part of others)
      for (let at = 0; at < largest.length; at++) largest[at] = Math.max(largest[at], part[at]);
    return largest;
  }

  newest(ring: QueryRing, count: number): NewestQueries {
    let all: DeviceTensor | null = null;
    return {
      queries: (layer, cached, tokensSeen, voters, which?) => {
        all ??= this.brought(ring, count);
        const { positions, ownKeys } = ring.places(cached, tokensSeen, voters, which);
        const rows = ownKeys.map((key) => key - cached + count);
        return { values: { parts: [{ tensor: all, first: layer * count, rows: count }], rows }, positions, ownKeys };
      },
      release: () => all?.release(),
    };
  }

  /** [numLayers · count, numHeads · headDim] */
  private brought(ring: QueryRing, count: number): DeviceTensor {
    const { numLayers, numHeads, headDim } = this.config;
    const width = numHeads * headDim;
    const all = float32Tensor([numLayers * count, width]);
    for (let layer = 0; layer < numLayers; layer++) {
      all.values.set(ring.queries(layer, count, count, count).values, layer * count * width);
    }
    const tensor = this.device.tensor(all.dims, 'float32');
    this.device.write(tensor, all.values);
    return tensor;
  }

  /** Runs of so many votes that there is room for their attention. → each [numHeads, 1, length] */
  private async sums(
    keys: LayerKeys,
    { values }: Queries,
    votes: readonly Vote[],
    reduction: ScoreReduction,
  ): Promise<DeviceTensor[]> {
    if (values instanceof Float32Array) throw new RangeError('Queries that vote on a device are there.');
    const session = await this.sessions.scores('float32', reduction);
    const atOnce = Math.max(LEAST_ROWS, Math.floor(ATTENTION_BYTES / (4 * this.config.numHeads * keys.length)));
    const made: DeviceTensor[] = [];
    let before = 0;
    for (const part of values.parts) {
      const [from, to] = [before, before + part.rows];
      const own = votes.filter(({ row }) => row >= from && row < to);
      for (let at = 0; at < own.length; at += atOnce) {
        made.push(await this.run(session, keys, part, own.slice(at, at + atOnce), from));
      }
      before = to;
    }
    return made;
  }

  private async run(
    session: Session,
    { tensor, length }: LayerKeys,
    part: DevicePart,
    votes: readonly Vote[],
    firstRow: number,
  ): Promise<DeviceTensor> {
    const { device } = this;
    const { numHeads, headDim } = this.config;
    const table = 2 ** Math.ceil(Math.log2(length));
    const behind = device.constant(this.behind(table), [1, table]);
    const facts = device.constant(this.facts(votes, firstRow), [votes.length, headDim + 3]);
    const scores = device.tensor([numHeads, 1, length], 'float32');
    const inputs = {
      ...{ queries: part.tensor, first: int64Tensor(part.first), end: int64Tensor(part.first + part.rows) },
      ...{ facts, keys: tensor, length: int64Tensor(length) },
      ...{ behind, behindFrom: int64Tensor(table - length), behindEnd: int64Tensor(table) },
    };
    await runOnce(session, inputs, { scores });
    return scores;
  }

  /** …, 2, 1, 0 */
  private behind(count: number): Float32Array<ArrayBuffer> {
    if (this.counted.length !== count) this.counted = new Float32Array(count).map((_, i) => count - 1 - i);
    return this.counted;
  }

  /** [votes, headDim + 3]: cos and sin of the turn, keys behind, weight, row of the part. */
  private facts(votes: readonly Vote[], firstRow: number): Float32Array<ArrayBuffer> {
    const { headDim } = this.config;
    const width = headDim + 3;
    const facts = new Float32Array(votes.length * width);
    votes.forEach(({ row, turn, behind, weight }, i) => {
      const own = facts.subarray(i * width, (i + 1) * width);
      own.set(this.turned(turn));
      own.set([behind, weight, row - firstRow], headDim);
    });
    return facts;
  }

  /** cos and sin, [headDim] */
  private turned(places: number): Float32Array {
    const { headDim } = this.config;
    const known = this.turns.get(places) ?? new Float32Array(headDim);
    if (this.turns.has(places)) return known;
    this.rotary.fillTurns(Int32Array.of(places), known.subarray(0, headDim / 2), known.subarray(headDim / 2));
    if (this.turns.size >= MOST_TURNS) this.turns.clear();
    this.turns.set(places, known);
    return known;
  }

  private added(parts: readonly Float32Array[], length: number): Float32Array {
    const [first = new Float32Array(this.config.numHeads * length), ...others] = parts;
    for (const part of others) for (let at = 0; at < first.length; at++) first[at] += part[at];
    return first;
  }
}

function voting({ values, ownKeys }: Queries, length: number, weightOf: (i: number) => number): Vote[] {
  return rowsOf(values).map((row, i) => ({ row, turn: 0, behind: length - 1 - ownKeys[i], weight: weightOf(i) }));
}

/** As if they stood behind the text: they see all keys, and all count alike. */
function atTheEnd({ values, positions }: Queries): Vote[] {
  const rows = rowsOf(values);
  const end = positions[positions.length - 1] + 1;
  return rows.map((row, i) => ({ row, turn: end - positions[i], behind: 0, weight: 1 / rows.length }));
}

function rowsOf(values: Queries['values']): number[] {
  return values instanceof Float32Array ? [] : [...values.rows];
}
