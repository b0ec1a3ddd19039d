import { type Policy, SHORTEST_THINNED, type TextExtent } from '../policy.js';
import { contextShares, type Schedule } from '../schedule.js';
import type { ScoreSpec, Selection } from '../selection.js';

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
  /** Share of all tokens seen that is the window of this selection. */
  recentRatio: number;
  scores: ScoreSpec;
  perHead: boolean;
}

export function pyramidInfer(config: PyramidInferConfig, numLayers: number): Policy {
  const { sinkLength, minContextLength, cache, generation } = config;
  const shares = contextShares(config.schedule, numLayers, config.layerInterval);
  const least = Math.max(sinkLength, minContextLength);
  const scores: ScoreSpec = {
    recentRows: config.scoreRows ?? null,
    distanceWeight: config.distanceWeight,
    spreadRows: 0,
    pool: 1,
  };
  const windowLength = (tokensSeen: number) => {
    const recent = config.recentLength ?? Math.floor((config.recentRatio ?? 0) * tokensSeen);
    return Math.max(1, Math.min(recent, tokensSeen - 1));
  };
  /** Tokens before the window that go on behind a layer, of so many that came to layer 0. */
  const contextAfter = (layer: number, context: number) =>
    layer < 0 ? context : Math.min(context, Math.max(least, Math.floor(context * shares[layer])));
  /** Most tokens before the window in a layer's K/V, by the pyramid alone. */
  const pyramidContext = (layer: number, tokensSeen: number) =>
    contextAfter(layer - 1, tokensSeen - windowLength(tokensSeen));

  const thin = (layer: number, { promptStart, tokensSeen, isPinned }: TextExtent): Selection | null => {
    if (layer === numLayers - 1 || tokensSeen < SHORTEST_THINNED) return null;
    // The window counts over all tokens seen: over the prompt alone, a short question after a long text would be thinned.
    const windowStart = tokensSeen - windowLength(tokensSeen);
    const context = windowStart - promptStart;
    if (context <= 0) return null;
    return { windowStart, sinkLength, isPinned, contextCount: contextAfter(layer, context), scores, perHead: false };
  };

  /** With the pyramid's own window and scores: what left the window since the turn before. */
  const byPyramid = (layer: number, { tokensSeen, isPinned }: TextExtent): Selection => ({
    windowStart: tokensSeen - windowLength(tokensSeen),
    sinkLength,
    isPinned,
    contextCount: pyramidContext(layer, tokensSeen),
    scores,
    perHead: false,
  });

  const cacheShare = (layer: number) => {
    if (!cache) return 1;
    return typeof cache.share === 'number' ? cache.share : cache.share[layer];
  };
  const pyramidCount = (layer: number, tokensSeen: number) =>
    windowLength(tokensSeen) + pyramidContext(layer, tokensSeen);
  const cachedCount = (layer: number, tokensSeen: number) => {
    if (tokensSeen < SHORTEST_THINNED) return tokensSeen;
    const byCache = Math.max(sinkLength + 1, Math.floor(cacheShare(layer) * tokensSeen));
    return Math.min(tokensSeen, byCache, pyramidCount(layer, tokensSeen));
  };

  const byCache = (layer: number, { tokensSeen, isPinned }: TextExtent, { scores, perHead, recentRatio }: PyramidCacheConfig): Selection => {
    const kept = cachedCount(layer, tokensSeen);
    const recent = Math.max(1, Math.min(Math.floor(recentRatio * tokensSeen), kept - sinkLength));
    const windowStart = tokensSeen - recent;
    return { windowStart, sinkLength, isPinned, contextCount: kept - recent, scores, perHead };
  };

  const generationShares = [1, ...contextShares(withRatio(config.schedule, generation.decayRatio), numLayers, config.layerInterval)];
  return {
    thin,
    evict: (layer, text) => {
      const { tokensSeen } = text;
      if (tokensSeen < SHORTEST_THINNED) return null;
      const kept = cachedCount(layer, tokensSeen);
      if (kept >= tokensSeen) return null;
      return cache && kept < pyramidCount(layer, tokensSeen) ? byCache(layer, text, cache) : byPyramid(layer, text);
    },
    cachedCount,
    generation: {
      windowLength: generation.windowLength,
      exceedLength: generation.exceedLength,
      distanceWeight: config.distanceWeight,
      keep: (layer) => {
        const share = Math.min(generation.compressRatio * generationShares[layer], cacheShare(layer));
        return Math.max(1, Math.floor(generation.exceedLength * share));
      },
    },
  };
}

function withRatio(schedule: Schedule, decayRatio: number): Schedule {
  return schedule.type === 'step' ? schedule : { ...schedule, prefillDecayRatio: decayRatio };
}
