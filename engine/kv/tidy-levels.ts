/**
 * Shares of all rows to which idle time compacts a chat, the mildest first. Each frees an eighth or more of the one
 * before: a chat that is written on does not ask for the next one at every turn.
 */
export const TIDY_LEVELS: readonly number[] = [0.7, 0.6, 0.46, 0.4, 0.35, 0.3, 0.25, 0.2];
/** Unasked, for other programs, no chat is compacted further. */
export const MILDEST_FOR_OTHERS = TIDY_LEVELS.slice(0, 3);

/** The mildest level at which so many tokens, and `more`, fit a budget; null: there is none. */
export function levelWithin(
  budgetBytes: number,
  tokens: number,
  more: number,
  { numLayers, bytesPerToken, scaleBytes }: { numLayers: number; bytesPerToken: number; scaleBytes: number },
): number | null {
  const bytes = (level: number) => numLayers * ((level * tokens + more) * bytesPerToken + scaleBytes);
  return TIDY_LEVELS.find((level) => bytes(level) <= budgetBytes) ?? null;
}
