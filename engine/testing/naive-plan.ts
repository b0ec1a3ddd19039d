import type { PolicyConfig } from '../kv/compression-config.js';

/** How the rows before the window are ranked. */
export interface NaiveScore {
  /** The last rows of the prompt, the newest counting `distanceWeight` times as much as the oldest of them. */
  recentRows: number;
  distanceWeight: number;
  /** Rows spread evenly over the prompt, whose mean attention is added, from where they stand or from the text's end. */
  spreadRows: number;
  spreadFrom: 'place' | 'end';
  /** A row's score is the largest or the mean of so many around it. */
  pool: { by: 'max' | 'mean'; rows: number };
}

export interface NaiveChoice {
  /** Places from here on are kept. */
  windowStart: number;
  /** Places before it of which so many are kept: sinks and pins first, then the best. */
  count: number;
  sinks: number;
  score: NaiveScore;
  perHead: boolean;
}

export interface NaiveTurn {
  promptStart: number;
  /** Tokens of the text up to the prompt's end. */
  seen: number;
}

export interface NaiveGeneration {
  window: number;
  exceed: number;
  distanceWeight: number;
  keep(layer: number): number;
}
export interface NaivePlan {
  /** Which tokens of the prompt go on behind a layer; null: all. */
  goOn(layer: number, turn: NaiveTurn): NaiveChoice | null;
  /** Which of all tokens stay in a layer's cache; null: all. */
  stay(layer: number, turn: NaiveTurn): NaiveChoice | null;
  generation: NaiveGeneration | null;
}

type Pyramid = Extract<PolicyConfig, { name: 'pyramidInfer' }>;
type CacheOnly = Exclude<PolicyConfig, Pyramid | { name: 'full' }>;

/** Below so many tokens nothing is dropped. */
export const SHORTEST = 256;

/** What each policy does, written down anew from its description. */
export function naivePlan(config: PolicyConfig, layers: number): NaivePlan {
  switch (config.name) {
    case 'full':
      return { goOn: () => null, stay: () => null, generation: null };
    case 'pyramidInfer':
      return pyramidPlan(config, layers);
    default:
      return cacheOnlyPlan(config, layers);
  }
}

function cacheOnlyPlan(config: CacheOnly, layers: number): NaivePlan {
  const shareOf = (layer: number) => {
    if (config.name !== 'pyramidKv') return config.share;
    const depth = layer / (layers - 1);
    return Math.min(1, config.share * (1 + config.taper - 2 * config.taper * depth));
  };
  const scored: Record<CacheOnly['name'], () => [window: number, NaiveScore]> = {
    streamingLlm: () => [Number.POSITIVE_INFINITY, byRecent(1)],
    h2o: () => [Number.NaN, { ...byRecent(0), spreadRows: Number.POSITIVE_INFINITY }],
    snapKv: () => rowsAndPool(config),
    pyramidKv: () => rowsAndPool(config),
  };
  return {
    goOn: () => null,
    stay: (layer, { seen }) => {
      const kept = Math.max(config.sinkLength + 1, Math.floor(shareOf(layer) * seen));
      if (seen < SHORTEST || kept >= seen) return null;
      const [asked, how] = scored[config.name]();
      const wanted = Number.isNaN(asked) ? Math.floor(kept / 2) : asked;
      const window = Math.max(1, Math.min(wanted, kept - config.sinkLength));
      const perHead = config.name === 'snapKv' || config.name === 'pyramidKv';
      return { windowStart: seen - window, count: kept - window, sinks: config.sinkLength, score: how, perHead };
    },
    generation: {
      window: 64,
      exceed: 16,
      distanceWeight: 1,
      keep: (layer) => Math.min(16, Math.max(1, Math.floor(16 * shareOf(layer)))),
    },
  };
}

function rowsAndPool(config: CacheOnly): [window: number, NaiveScore] {
  if (!('pool' in config)) throw new Error(`${config.name} has no pool`);
  return [config.scoreRows, { ...byRecent(config.scoreRows), pool: { by: 'max', rows: config.pool } }];
}

function byRecent(recentRows: number, distanceWeight = 1): NaiveScore {
  return { recentRows, distanceWeight, spreadRows: 0, spreadFrom: 'place', pool: { by: 'max', rows: 1 } };
}

function pyramidPlan(config: Pyramid, layers: number): NaivePlan {
  const { sinkLength: sinks, minContextLength, cache, generation } = config;
  const window = (seen: number) =>
    Math.max(1, Math.min(config.recentLength ?? Math.floor((config.recentRatio ?? 0) * seen), seen - 1));
  const windowScore = (seen: number) =>
    config.scores
      ? { ...config.scores, recentRows: config.scores.recentRows ?? window(seen) }
      : byRecent(Math.min(config.scoreRows ?? window(seen), window(seen)), config.distanceWeight);
  /** Of a context of so many tokens, those that come to a layer. */
  const context = (layer: number, tokens: number) =>
    Math.min(tokens, Math.max(sinks, minContextLength, Math.floor(tokens * shareReaching(config, layers, layer))));
  const cacheShare = (layer: number) => {
    if (!cache) return 1;
    return typeof cache.share === 'number' ? cache.share : cache.share[layer];
  };
  return {
    goOn: (layer, { promptStart, seen }) => {
      const windowStart = seen - window(seen);
      if (seen < SHORTEST || windowStart <= promptStart || layer === layers - 1) return null;
      const count = context(layer + 1, windowStart - promptStart);
      return { windowStart, count, sinks, score: windowScore(seen), perHead: false };
    },
    stay: (layer, { seen }) => {
      if (seen < SHORTEST) return null;
      const byPyramid = context(layer, seen - window(seen));
      const kept = Math.max(sinks + 1, Math.floor(cacheShare(layer) * seen));
      if (!cache || kept >= byPyramid + window(seen)) {
        return { windowStart: seen - window(seen), count: byPyramid, sinks, score: windowScore(seen), perHead: false };
      }
      const recent = Math.max(1, Math.min(Math.floor(cache.recentShare * kept), kept - sinks, window(seen)));
      const score = windowScore(seen);
      return { windowStart: seen - recent, count: kept - recent, sinks, score, perHead: cache.perHead };
    },
    generation: {
      window: generation.windowLength,
      exceed: generation.exceedLength,
      distanceWeight: config.distanceWeight,
      keep: (layer) => {
        const share = generation.compressRatio * shareReaching(config, layers, layer, generation.decayRatio);
        return Math.max(1, Math.floor(generation.exceedLength * Math.min(share, cacheShare(layer))));
      },
    },
  };
}

/** Share of the original context that comes to a layer: behind each layer before it fewer go on, every n-th only. */
function shareReaching({ schedule, layerInterval }: Pyramid, layers: number, layer: number, ratio?: number): number {
  let product = 1;
  let share = 1;
  for (let l = 0; l < layer; l++) {
    if (schedule.type === 'step') {
      for (const [from, value] of schedule.steps) if (l >= from) product = value;
    } else {
      const p = ratio ?? schedule.prefillDecayRatio;
      product *=
        schedule.type === 'cosine'
          ? p + ((1 - p) * (Math.cos((Math.PI * l) / layers) + 1)) / 2
          : 1 - ((1 - p) * l) / layers;
    }
    if ((l + 1) % layerInterval === 0) share = product;
  }
  return share;
}
