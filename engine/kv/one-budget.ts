import type { HeadRows } from './row-store.js';

/** The rows of a layer's heads, and what each is worth. */
export interface ScoredLayer {
  /** Places in the text by head, ascending, all of one length. [numKvHeads][length] */
  positions: readonly Int32Array[];
  /** Of the same rows; the larger, the better kept. [numKvHeads][length] */
  scores: readonly Float32Array[];
}

export interface OneBudget {
  /** Rows of all heads of all layers together. */
  rows: number;
  /** Places that every head keeps: counted, and kept even where they alone are more than the budget. */
  isFixed: (position: number) => boolean;
}

/**
 * What every head keeps where all heads of all layers share one budget: the best rows wherever they are. A layer's heads
 * come to keep equally many, since they share one length; each its own best.
 *
 * Source: Kim et al. 2025 (KVzip), "non-uniform head budget"; lengths by layer instead of by head.
 * @returns rows by layer and head, ascending; of equal scores the earlier
 */
export function selectUnderOneBudget(layers: readonly ScoredLayer[], { rows, isFixed }: OneBudget): HeadRows[] {
  const threshold = thresholdOf(layers, rows, isFixed);
  return layers.map(({ positions, scores }) => {
    const numFixed = positions.map((places) => places.reduce((sum, place) => sum + (isFixed(place) ? 1 : 0), 0));
    const above = positions.map((places, head) =>
      places.reduce((sum, place, row) => sum + (isFixed(place) || scores[head][row] > threshold ? 1 : 0), 0),
    );
    const mean = Math.floor(above.reduce((sum, count) => sum + count, 0) / positions.length);
    const count = Math.max(mean, ...numFixed);
    return positions.map((places, head) => bestRows(places, scores[head], count, isFixed));
  });
}

/** The score that a row must exceed for all that do to fit the budget. */
function thresholdOf(layers: readonly ScoredLayer[], rows: number, isFixed: OneBudget['isFixed']): number {
  const open: number[] = [];
  let room = rows;
  for (const { positions, scores } of layers) {
    positions.forEach((places, head) => {
      places.forEach((place, row) => {
        if (isFixed(place)) room--;
        else open.push(scores[head][row]);
      });
    });
  }
  if (room >= open.length) return Number.NEGATIVE_INFINITY;
  if (room <= 0) return Number.POSITIVE_INFINITY;
  return Float32Array.from(open).sort()[open.length - room - 1];
}

/** `count` rows: those that are fixed, then those with the highest scores. */
function bestRows(places: Int32Array, scores: Float32Array, count: number, isFixed: OneBudget['isFixed']): Int32Array {
  const worth = scores.map((score, row) => (isFixed(places[row]) ? Number.POSITIVE_INFINITY : score));
  const byWorth = Int32Array.from(worth.keys()).sort((a, b) => worth[b] - worth[a] || a - b);
  return byWorth.subarray(0, count).sort();
}
