import type { Policy } from '../policy.js';

/** Keeps everything. */
export const full: Policy = {
  thin: () => null,
  evict: () => null,
  cachedCount: (_, tokensSeen) => tokensSeen,
  generation: null,
};
