import type { Selection } from './selection.js';
import { isWithin, type TokenSpan } from './token-span.js';

/** A prompt about to be read. */
export interface TextExtent {
  /** Place of the prompt's first new token. */
  promptStart: number;
  /** Place of its last token + 1. */
  tokensSeen: number;
  /** Places never dropped. */
  isPinned: (position: number) => boolean;
}

export function extentOf(pinned: readonly TokenSpan[], promptStart: number, tokensSeen: number): TextExtent {
  return { promptStart, tokensSeen, isPinned: isWithin(pinned) };
}

/** How tokens that were written are dropped while an answer grows (Yang et al. 2024, section 3.3). */
export interface GenerationPruning {
  /** The newest tokens are never dropped, and their queries vote. */
  windowLength: number;
  /** So many tokens that have left the window are pruned at once. */
  exceedLength: number;
  /** The newest query counts this many times as much as the oldest. */
  distanceWeight: number;
  /** How many of a block a layer keeps, 1 … exceedLength. */
  keep(layer: number): number;
}

/** What a cache keeps. Pure: what is kept follows from this and `selectRows` alone; only the cache moves K and V. */
export interface Policy {
  /** Rows of the prompt that go on behind this layer; null: all. A row that does not has no K/V in deeper layers. */
  thin(layer: number, text: TextExtent): Selection | null;
  /** What a layer's K/V keep of all tokens, this prompt's among them, once it is read; null: everything. */
  evict(layer: number, text: TextExtent): Selection | null;
  /** Most rows that a layer holds of so many tokens, if none are pinned. */
  cachedCount(layer: number, tokensSeen: number): number;
  /** Null: what is written stays until the next prompt. */
  readonly generation: GenerationPruning | null;
}

/** Texts shorter than this are kept whole: there is too little to choose from. */
export const SHORTEST_THINNED = 256;
