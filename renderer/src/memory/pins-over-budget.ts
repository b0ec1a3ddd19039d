import type { KvStats } from '../../../engine/types.js';

/** Bytes of what is pinned, where these alone are more than the budget that the chat is under; else null. */
export function pinsOverBudget({ compression, layers }: KvStats): { pinnedBytes: number; budgetBytes: number } | null {
  if (!('budgetBytes' in compression)) return null;
  const { budgetBytes } = compression;
  const pinnedBytes = layers.reduce(
    (sum, { bytes, tokens, parts }) => sum + (tokens > 0 ? (bytes * parts.pinned) / tokens : 0),
    0,
  );
  return pinnedBytes > budgetBytes ? { pinnedBytes, budgetBytes } : null;
}
