import { type GenerationPruning, type Policy, SHORTEST_THINNED } from '../policy.js';
import type { ScoreSpec } from '../selection.js';

/** A policy that computes every prompt in full and then leaves each layer a share of the tokens seen. */
export interface CacheBudget {
  /** Share of all tokens seen that a layer holds, window and sinks included. */
  share: (layer: number) => number;
  sinkLength: number;
  /** Tokens of so many kept ones that are the recent window. */
  window: (kept: number) => number;
  scores: ScoreSpec;
  perHead: boolean;
  generation: Omit<GenerationPruning, 'keep'>;
}

export function cacheBudget({ share, sinkLength, window, scores, perHead, generation }: CacheBudget): Policy {
  const cachedCount = (layer: number, tokensSeen: number) =>
    tokensSeen < SHORTEST_THINNED
      ? tokensSeen
      : Math.min(tokensSeen, Math.max(sinkLength + 1, Math.floor(share(layer) * tokensSeen)));
  return {
    thin: () => null,
    evict: (layer, { tokensSeen, isPinned }) => {
      const kept = cachedCount(layer, tokensSeen);
      if (kept >= tokensSeen) return null;
      const recent = Math.max(1, Math.min(window(kept), kept - sinkLength));
      const windowStart = tokensSeen - recent;
      return { windowStart, sinkLength, isPinned, contextCount: kept - recent, scores, perHead };
    },
    cachedCount,
    generation: {
      ...generation,
      keep: (layer) =>
        Math.min(generation.exceedLength, Math.max(1, Math.floor(generation.exceedLength * share(layer)))),
    },
  };
}
