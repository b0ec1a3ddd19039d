import { type GenerationPruning, type Policy, SHORTEST_THINNED, type TextExtent } from '../policy.js';
import { contextShares, type Schedule } from '../schedule.js';
import { recentScores, type ScoreSpec, type Selection } from '../selection.js';

/** PyramidInfer's parameters (Yang et al. 2024), and ours: `step` schedules, `scoreRows` apart from the window, `cache`. */
export interface PyramidInferConfig {
  schedule: Schedule;
  /** Recent window, tokens … */
  recentLength?: number;
  /** … or share of all tokens seen. */
  recentRatio?: number;
  /** Last rows of the window whose attention is the score; default: all of it. */
  scoreRows?: number;
  /** The newest row counts this many times as much as the oldest. */
  distanceWeight: number;
  /** Ours, instead of those two. */
  scores?: ScoreSpec;
  /** First tokens of the text, always kept. */
  sinkLength: number;
  /** A layer's context is not thinned below this. */
  minContextLength: number;
  /** Select at every n-th layer only. */
  layerInterval: number;
  /** A second selection, of K/V alone, in each layer once it is computed; absent: none. */
  cache?: PyramidCacheConfig;
  generation: {
    windowLength: number;
    exceedLength: number;
    /** Of a block that left the window, a layer keeps this share … */
    compressRatio: number;
    /** … times its share by the same schedule with this ratio; of `step`, by the schedule as it is. */
    decayRatio: number;
  };
}

export interface PyramidCacheConfig {
  /** Share of all tokens seen that a layer holds at most, for all layers or [numLayers]. */
  share: number | readonly number[];
  /** Share of what a layer keeps that is the newest tokens. */
  recentShare: number;
  perHead: boolean;
}

export function pyramidInfer(config: PyramidInferConfig, numLayers: number): Policy {
  return new PyramidInfer(config, numLayers);
}

class PyramidInfer implements Policy {
  readonly generation: GenerationPruning;
  /** Of the context, what goes on behind each layer. */
  private readonly shares: readonly number[];

  constructor(
    private readonly config: PyramidInferConfig,
    private readonly numLayers: number,
  ) {
    const { schedule, layerInterval, distanceWeight, generation } = config;
    this.shares = contextShares(schedule, numLayers, layerInterval);
    const written = [1, ...contextShares(withRatio(schedule, generation.decayRatio), numLayers, layerInterval)];
    const { windowLength, exceedLength, compressRatio } = generation;
    this.generation = {
      windowLength,
      exceedLength,
      distanceWeight,
      keep: (layer) => {
        const share = Math.min(compressRatio * written[layer], this.cacheShare(layer));
        return Math.max(1, Math.floor(exceedLength * share));
      },
    };
  }

  thin(layer: number, { promptStart, tokensSeen, isPinned }: TextExtent): Selection | null {
    if (layer === this.numLayers - 1 || tokensSeen < SHORTEST_THINNED) return null;
    // The window counts over all tokens seen: over the prompt alone, a short question after a long text would be thinned.
    const windowStart = tokensSeen - this.windowLength(tokensSeen);
    const context = windowStart - promptStart;
    if (context <= 0) return null;
    return this.selection(windowStart, this.contextAfter(layer, context), tokensSeen, isPinned);
  }

  evict(layer: number, { tokensSeen, isPinned }: TextExtent): Selection | null {
    const kept = this.cachedCount(layer, tokensSeen);
    if (kept >= tokensSeen) return null;
    const { cache, sinkLength } = this.config;
    const window = this.windowLength(tokensSeen);
    if (!cache || kept === this.pyramidCount(layer, tokensSeen)) {
      return this.selection(tokensSeen - window, kept - window, tokensSeen, isPinned);
    }
    // What the pyramid does not protect cannot be a window: deeper layers lack some of it.
    const recent = Math.max(1, Math.min(Math.floor(cache.recentShare * kept), kept - sinkLength, window));
    return { ...this.selection(tokensSeen - recent, kept - recent, tokensSeen, isPinned), perHead: cache.perHead };
  }

  cachedCount(layer: number, tokensSeen: number): number {
    if (tokensSeen < SHORTEST_THINNED) return tokensSeen;
    const byCache = Math.max(this.config.sinkLength + 1, Math.floor(this.cacheShare(layer) * tokensSeen));
    return Math.min(tokensSeen, byCache, this.pyramidCount(layer, tokensSeen));
  }

  private selection(
    windowStart: number,
    contextCount: number,
    tokensSeen: number,
    isPinned: (position: number) => boolean,
  ): Selection {
    const { sinkLength } = this.config;
    return { windowStart, sinkLength, isPinned, contextCount, scores: this.scores(tokensSeen), perHead: false };
  }

  private scores(tokensSeen: number): ScoreSpec {
    const { scores, scoreRows = Number.POSITIVE_INFINITY, distanceWeight } = this.config;
    // Only rows of the window vote: others are themselves voted on.
    return scores ?? recentScores(Math.min(scoreRows, this.windowLength(tokensSeen)), distanceWeight);
  }

  private windowLength(tokensSeen: number): number {
    const { recentLength, recentRatio = 0 } = this.config;
    const recent = recentLength ?? Math.floor(recentRatio * tokensSeen);
    return Math.max(1, Math.min(recent, tokensSeen - 1));
  }

  /** Tokens before the window that go on behind a layer, of so many that came to layer 0. */
  private contextAfter(layer: number, context: number): number {
    if (layer < 0) return context;
    const least = Math.max(this.config.sinkLength, this.config.minContextLength);
    return Math.min(context, Math.max(least, Math.floor(context * this.shares[layer])));
  }

  /** Most tokens in a layer's K/V, by the pyramid alone. */
  private pyramidCount(layer: number, tokensSeen: number): number {
    const window = this.windowLength(tokensSeen);
    return window + this.contextAfter(layer - 1, tokensSeen - window);
  }

  private cacheShare(layer: number): number {
    const { cache } = this.config;
    if (!cache) return 1;
    return typeof cache.share === 'number' ? cache.share : cache.share[layer];
  }
}

function withRatio(schedule: Schedule, decayRatio: number): Schedule {
  return schedule.type === 'step' ? schedule : { ...schedule, prefillDecayRatio: decayRatio };
}
