import type { ScoreSpec } from '../../kv/selection.js';
import { meanOverSeeing, pooled, recentWeights, type Voters } from '../../kv/votes.js';
import type { ModelConfig } from '../../model/model-config.js';
import { BEHIND_STEP } from '../../onnx/device-scores-graph.js';
import type { ScoreReduction } from '../../onnx/score-graph.js';
import type { ModelSessions } from '../model-sessions.js';
import {
  type AnyTensor,
  type DeviceMemory,
  type DeviceTensor,
  float32Tensor,
  int64Tensor,
  runOnce,
} from '../ort/session.js';
import type { QueryRing } from '../reading/query-ring.js';
import type { AskedScores, LayerKeys, NewestQueries, Queries, Scored, ScoreRun, Scores } from '../reading/scores.js';
import { RotaryTable } from '../rope.js';
import { isEqual } from './device-constants.js';

/** Memory for the attention of the rows of one run … */
const ATTENTION_BYTES = 128e6;
/** … if it is no fewer than so many. */
const LEAST_ROWS = 64;
/** Layers in one run. */
const MOST_LAYERS = 10;
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

  ask(
    keys: LayerKeys,
    spec: ScoreSpec,
    { recent, spread }: Voters,
    queriesOf: (rows: Int32Array) => Queries,
  ): AskedScores {
    const [newest, evenly] = [queriesOf(recent), queriesOf(spread)];
    const weights = recentWeights(recent.length, spec.distanceWeight);
    const votes = voting(newest, keys.length, (i) => weights[i]);
    const fromEnd = spec.spreadFrom === 'end';
    if (fromEnd) votes.push(...atTheEnd(evenly));
    const summed = this.runs(keys, newest, votes);
    const seeing = fromEnd
      ? []
      : this.runs(
          keys,
          evenly,
          voting(evenly, keys.length, () => 1),
        );
    const finish = (values: readonly Float32Array[]): Scored => {
      const attention = this.added(values.slice(0, summed.length), keys.length);
      const means = this.added(values.slice(summed.length), keys.length);
      if (seeing.length > 0) meanOverSeeing(means, keys.length, evenly.ownKeys);
      for (let at = 0; at < attention.length; at++) attention[at] += means[at];
      return { scores: pooled(attention, keys.length, spec.pool), attention };
    };
    return { runs: [...summed, ...seeing], finish };
  }

  async answers(asked: readonly AskedScores[]): Promise<Scored[]> {
    const values = await this.values(
      asked.flatMap(({ runs }) => runs),
      'sum',
    );
    return Promise.all(asked.map(({ runs, finish }) => finish(values.splice(0, runs.length))));
  }

  async peaks(keys: LayerKeys, queries: Queries): Promise<Float32Array> {
    const runs = this.runs(
      keys,
      queries,
      voting(queries, keys.length, () => 1),
    );
    const [largest, ...others] = await this.values(runs, 'peak');
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
    try {
      this.device.write(tensor, all.values);
      return tensor;
    } catch (error) {
      tensor.release();
      throw error;
    }
  }

  /** Of so many votes each that there is room for their attention. */
  private runs(keys: LayerKeys, { values }: Queries, votes: readonly Vote[]): ScoreRun[] {
    if (values instanceof Float32Array) throw new RangeError('Queries that vote on a device are there.');
    const atOnce = Math.max(LEAST_ROWS, Math.floor(ATTENTION_BYTES / (4 * this.config.numHeads * keys.length)));
    const runs: ScoreRun[] = [];
    let from = 0;
    for (const part of values.parts) {
      const own = votes.filter(({ row }) => row >= from && row < from + part.rows);
      for (let at = 0; at < own.length; at += atOnce) {
        runs.push({ keys, part, facts: this.facts(own.slice(at, at + atOnce), from) });
      }
      from += part.rows;
    }
    return runs;
  }

  /** Computes runs of the same votes together. → of each [numHeads · length] */
  private async values(runs: readonly ScoreRun[], reduction: ScoreReduction): Promise<Float32Array[]> {
    const groups = together(runs);
    const tensors: DeviceTensor[] = [];
    try {
      for (const group of groups) tensors.push(await this.run(group, reduction));
      const values = await this.device.readAll(tensors);
      const found = new Map<ScoreRun, Float32Array>();
      groups.forEach((group, i) => {
        let from = 0;
        for (const run of group) {
          const to = from + this.config.numHeads * run.keys.length;
          found.set(run, values[i].subarray(from, to));
          from = to;
        }
      });
      return runs.map((run) => found.get(run) ?? new Float32Array());
    } finally {
      for (const tensor of tensors) tensor.release();
    }
  }

  private async run(group: readonly ScoreRun[], reduction: ScoreReduction): Promise<DeviceTensor> {
    const { device } = this;
    const { numHeads, headDim } = this.config;
    const session = await this.sessions.scores('float32', reduction, group.length);
    const lengths = group.map(({ keys }) => keys.length);
    const table = 2 ** Math.ceil(Math.log2(Math.max(...lengths)));
    const [{ facts }] = group;
    const inputs: Record<string, AnyTensor> = {
      facts: device.constant(facts, [facts.length / (headDim + 3), headDim + 3]),
      behind: device.constant(this.behind(table), [1, table]),
      behindEnd: int64Tensor(table),
    };
    group.forEach(({ keys, part }, i) => {
      inputs[`queries.${i}`] = part.tensor;
      inputs[`first.${i}`] = int64Tensor(part.first);
      inputs[`end.${i}`] = int64Tensor(part.first + part.rows);
      inputs[`keys.${i}`] = keys.tensor;
      inputs[`length.${i}`] = int64Tensor(keys.length);
      inputs[`behindFrom.${i}`] = int64Tensor(table - keys.length);
    });
    const scores = device.tensor([numHeads * lengths.reduce((sum, length) => sum + length, 0)], 'float32');
    try {
      await runOnce(session, inputs, { scores });
      return scores;
    } catch (error) {
      scores.release();
      throw error;
    }
  }

  /** …, 2, 1, 0 as the graph takes it. */
  private behind(count: number): Float32Array<ArrayBuffer> {
    if (this.counted.length !== count)
      this.counted = new Float32Array(count).map((_, i) => (count - 1 - i) * BEHIND_STEP);
    return this.counted;
  }

  /** Of some votes, [votes, headDim + 3]; `firstRow`: of the part, among those of all parts. */
  private facts(votes: readonly Vote[], firstRow: number): Float32Array<ArrayBuffer> {
    const { headDim } = this.config;
    const width = headDim + 3;
    const facts = new Float32Array(votes.length * width);
    votes.forEach(({ row, turn, behind, weight }, i) => {
      const own = facts.subarray(i * width, (i + 1) * width);
      own.set(this.turned(turn));
      own.set([behind * BEHIND_STEP, weight, row - firstRow], headDim);
    });
    return facts;
  }

  /** cos and sin, scaled as attention is, [headDim] */
  private turned(places: number): Float32Array {
    const { headDim } = this.config;
    const known = this.turns.get(places) ?? new Float32Array(headDim);
    if (this.turns.has(places)) return known;
    this.rotary.fillTurns(Int32Array.of(places), known.subarray(0, headDim / 2), known.subarray(headDim / 2));
    for (let i = 0; i < headDim; i++) known[i] *= headDim ** -0.5;
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

/** Runs of the same votes, of so many layers at most that each number of them is soon known. */
function together(runs: readonly ScoreRun[]): ScoreRun[][] {
  const groups: ScoreRun[][] = [];
  for (const run of runs) {
    const open = groups.find(([{ facts }, ...others]) => others.length + 1 < MOST_LAYERS && isEqual(facts, run.facts));
    if (open) open.push(run);
    else groups.push([run]);
  }
  return groups;
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
