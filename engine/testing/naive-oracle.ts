import type { NaiveCache, NaiveLayer, NaiveModel, NaiveToken } from './naive-model.js';
import { type NaiveChoice, type NaiveGeneration, type NaivePlan, type NaiveScore, SHORTEST } from './naive-plan.js';

/** Places that each head of each layer holds. [numLayers][numKvHeads][rows] */
export type HeldPlaces = number[][][];

/** The cache as it was when the text had so many tokens. */
interface Stage {
  tokens: number;
  held: HeldPlaces;
  /** Nothing was dropped when the tokens since the stage before were read. */
  whole: boolean;
}

/**
 * A chat under a policy, as naive as can be (Yang et al. 2024, and docs/pyramidinfer.md): every layer for all
 * of its tokens at once, scores from full attention rows, and rows dropped by filtering lists.
 */
export class NaiveChat {
  readonly tokens: number[] = [];
  private readonly caches: NaiveCache[];
  /** Of each token that was written since the last prompt. [tokens][numLayers][numHeads][headDim] */
  private written: Float64Array[][][] = [];
  private blockStart = 0;
  private stages: Stage[];

  constructor(
    private readonly model: NaiveModel,
    private readonly plan: NaivePlan,
    private readonly isPinned: (position: number) => boolean = () => false,
  ) {
    const { numLayers, numKvHeads } = model.model.config;
    this.caches = Array.from({ length: numLayers }, () => Array.from({ length: numKvHeads }, () => []));
    this.stages = [{ tokens: 0, held: this.held(), whole: true }];
  }

  held(): HeldPlaces {
    return this.caches.map((heads) => heads.map((rows) => rows.map(({ position }) => position)));
  }

  /** Reads what follows the first `from` tokens, which are those of the text so far. → logits, [vocabSize] */
  read(prompt: readonly number[], from: number): Float64Array {
    this.cut(from);
    const turn = { promptStart: from, seen: prompt.length };
    let alive: NaiveToken[] = prompt.slice(from).map((token, i) => this.model.embed(token, from + i));
    let whole = true;
    this.caches.forEach((history, layer) => {
      const run = this.model.run(layer, alive, history);
      const { cache, tokens } = run;
      const stay = this.plan.stay(layer, turn);
      this.caches[layer] = stay ? this.chosen(run, stay) : cache;
      const goOn = this.plan.goOn(layer, turn);
      const kept = goOn && this.survivors(run, goOn);
      whole &&= this.caches[layer][0].length === cache[0].length && (!kept || kept.size === alive.length);
      alive = kept ? tokens.filter(({ position }) => kept.has(position)) : tokens;
    });
    this.tokens.push(...prompt.slice(from));
    this.stages.push({ tokens: prompt.length, held: this.held(), whole });
    this.written = [];
    this.blockStart = prompt.length;
    return this.model.logits(alive[alive.length - 1]);
  }

  /** One more token, and the block that it pushes out of the window. → logits, [vocabSize] */
  append(token: number): Float64Array {
    let alive = [this.model.embed(token, this.tokens.length)];
    const queries: Float64Array[][] = [];
    this.caches.forEach((history, layer) => {
      const run = this.model.run(layer, alive, history);
      this.caches[layer] = run.cache;
      queries.push(run.queries[0]);
      alive = run.tokens;
    });
    this.tokens.push(token);
    this.written.push(queries);
    this.pruneWritten();
    this.stages.push({ tokens: this.tokens.length, held: this.held(), whole: true });
    return this.model.logits(alive[0]);
  }

  /** Whether the cache, cut to so many tokens, is what it would be had the text ended there. */
  canCut(tokens: number): boolean {
    const then = this.heldAt(tokens);
    const same = (a: HeldPlaces, b: HeldPlaces) => JSON.stringify(a) === JSON.stringify(b);
    return then !== null && same(this.heldBefore(tokens), then);
  }

  private cut(tokens: number): void {
    if (!this.canCut(tokens)) throw new Error(`${tokens} tokens cannot be kept`);
    this.caches.forEach((heads, layer) => {
      this.caches[layer] = heads.map((rows) => rows.filter(({ position }) => position < tokens));
    });
    this.tokens.length = tokens;
    this.stages = this.stages.filter((stage) => stage.tokens < tokens);
    this.stages.push({ tokens, held: this.held(), whole: true });
  }

  private heldBefore(tokens: number): HeldPlaces {
    return this.held().map((heads) => heads.map((places) => places.filter((place) => place < tokens)));
  }

  /** What was held when the text had so many tokens, or would have been; null: of a prompt that was thinned, a part. */
  private heldAt(tokens: number): HeldPlaces | null {
    const next = this.stages.findIndex((stage) => stage.tokens >= tokens);
    if (next < 0) return null;
    const stage = this.stages[next];
    if (stage.tokens === tokens) return stage.held;
    if (!stage.whole) return null;
    const before = this.stages[next - 1];
    const rest = Array.from({ length: tokens - before.tokens }, (_, i) => before.tokens + i);
    return before.held.map((heads) => heads.map((places) => [...places, ...rest]));
  }

  /** Places of tokens that go on: by the mean of all heads, and counted among the prompt's alone. */
  private survivors(run: NaiveLayer, choice: NaiveChoice): Set<number> {
    const [mean] = meanOfGroups(scoresOf(this.model, choice.score, run), 1);
    const places = run.tokens.map(({ position }) => position);
    return new Set(this.best(places, mean.slice(mean.length - places.length), choice));
  }

  private chosen(run: NaiveLayer, choice: NaiveChoice): NaiveCache {
    const { cache } = run;
    const means = meanOfGroups(scoresOf(this.model, choice.score, run), choice.perHead ? cache.length : 1);
    return cache.map((rows, head) => {
      const places = rows.map(({ position }) => position);
      const kept = new Set(this.best(places, means[choice.perHead ? head : 0], choice));
      return rows.filter(({ position }) => kept.has(position));
    });
  }

  /** Places that are kept. */
  private best(places: number[], scores: Float64Array, { windowStart, sinks, count }: NaiveChoice): number[] {
    const isFixed = (place: number) => place < sinks || this.isPinned(place);
    const context = places.filter((place) => place < windowStart);
    const fixed = context.filter(isFixed);
    const ranked = places
      .map((place, row) => ({ place, score: scores[row] }))
      .filter(({ place }) => place < windowStart && !isFixed(place))
      .sort((a, b) => b.score - a.score || a.place - b.place);
    const room = Math.max(0, count - fixed.length);
    const open = ranked.slice(0, room).map(({ place }) => place);
    return [...fixed, ...open, ...places.filter((place) => place >= windowStart)];
  }

  private pruneWritten(): void {
    const { generation } = this.plan;
    if (!generation) return;
    const { window, exceed } = generation;
    while (this.tokens.length >= SHORTEST && this.tokens.length - window >= this.blockStart + exceed) {
      this.pruneBlock(generation, this.blockStart, this.blockStart + exceed);
      this.blockStart += exceed;
    }
  }

  private pruneBlock({ window, distanceWeight, keep }: NaiveGeneration, from: number, to: number): void {
    const weights = linspace(window, distanceWeight);
    this.caches.forEach((cache, layer) => {
      const total = new Float64Array(cache[0].length);
      const voters = this.written.slice(-window);
      voters.forEach((queries, i) => {
        const position = this.tokens.length - window + i;
        const heads = this.model.attend(queries[layer], position, cache);
        for (const head of heads) {
          for (let row = 0; row < total.length; row++) total[row] += (weights[i] * head[row]) / heads.length;
        }
      });
      const block = cache[0]
        .map(({ position }, row) => ({ position, score: total[row] }))
        .filter(({ position }) => position >= from && position < to)
        .sort((a, b) => b.score - a.score || a.position - b.position);
      const gone = new Set(block.slice(keep(layer)).map(({ position }) => position));
      this.caches[layer] = cache.map((rows) => rows.filter(({ position }) => !gone.has(position)));
    });
  }
}

/** Scores of each query head. [numHeads][rows] */
function scoresOf(
  model: NaiveModel,
  spec: NaiveScore,
  { cache, attention, queries, tokens }: NaiveLayer,
): Float64Array[] {
  const recent = Math.min(spec.recentRows, tokens.length);
  const voters = attention.slice(tokens.length - recent);
  const weights = linspace(recent, spec.distanceWeight);
  const count = Math.min(spec.spreadRows, tokens.length);
  const rows = Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * tokens.length) / count) - 1);
  const end = tokens[tokens.length - 1].position + 1;
  const spread = rows.map((row) => {
    if (spec.spreadFrom === 'place') return attention[row];
    const moved = queries[row].map((query) => model.rotated(query, end - tokens[row].position));
    return model.attend(moved, end, cache);
  });
  return attention[0].map((first, head) => {
    const sums = first.map((_, row) => {
      // A key that a voter does not see gets exactly 0 from it, and one that it sees never does.
      const seeing = spread.map((heads) => heads[head][row]).filter((value) => value > 0);
      const mean = seeing.length > 0 ? seeing.reduce((a, b) => a + b, 0) / seeing.length : 0;
      return mean + voters.reduce((total, heads, i) => total + weights[i] * heads[head][row], 0);
    });
    const reach = (spec.pool.rows - 1) / 2;
    return sums.map((_, row) => {
      const near = sums.slice(Math.max(0, row - reach), row + reach + 1);
      return spec.pool.by === 'max' ? Math.max(...near) : near.reduce((a, b) => a + b, 0) / near.length;
    });
  });
}

/** 1 … last, divided by their sum. */
function linspace(length: number, last: number): Float64Array {
  const plain = Float64Array.from({ length }, (_, i) => (length === 1 ? 1 : 1 + ((last - 1) * i) / (length - 1)));
  const sum = plain.reduce((a, b) => a + b, 0);
  return plain.map((value) => value / sum);
}

/** [heads][rows] → [groups][rows] */
function meanOfGroups(scores: Float64Array[], groups: number): Float64Array[] {
  const size = scores.length / groups;
  return Array.from({ length: groups }, (_, group) => {
    const members = scores.slice(group * size, (group + 1) * size);
    return members[0].map((_, row) => members.reduce((sum, member) => sum + member[row], 0) / size);
  });
}
