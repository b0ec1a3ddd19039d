import { type Compression, mostBytes } from './compression.js';
import type { KvCache } from './kv-cache.js';
import type { Policy } from './policy.js';

export interface HeldText {
  /** A prompt that is being read: what was in use before, and its new tokens. */
  reading: { bytesBefore: number; fresh: number } | null;
  /** Tokens up to the last prompt's end, and all. */
  promptEnd: number;
  tokensSeen: number;
}

/** Most bytes that a cache may have in use as its text is; null: nothing of it is dropped. */
export function budgetNow(
  { budgetBytes }: Compression,
  policy: Policy,
  cache: KvCache,
  { reading, promptEnd, tokensSeen }: HeldText,
): number | null {
  const { bytesPerToken, scaleBytes, contextLength } = cache;
  const { numLayers } = cache.shape;
  if (budgetBytes !== null && !reading) return budgetBytes;
  if (policy.cachedCount(numLayers - 1, contextLength) === contextLength) return null;
  // Until the end of a prompt, nothing of the turns before it is dropped.
  if (reading) return reading.bytesBefore + reading.fresh * numLayers * bytesPerToken;
  return mostBytes(policy, { numLayers, contextLength, bytesPerToken, scaleBytes }, promptEnd, tokensSeen);
}

/** Whether a further token would take a cache beyond its budget. */
export function isUsedUp({ budgetBytes }: Compression, { shape, bytesInUse, bytesPerToken }: KvCache): boolean {
  return budgetBytes !== null && bytesInUse + shape.numLayers * bytesPerToken > budgetBytes;
}
