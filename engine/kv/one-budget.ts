import type { HeadRows } from './row-store.js';

/** The rows of a layer's heads, and what each is worth. */
export interface ScoredLayer {
  /** Places in the text by head, ascending, all of one length. [numKvHeads][length] */
  positions: readonly Int32Array[];
  /** Of the same rows; the larger, the better kept. [numKvHeads][length] */
  scores: readonly Float32Array[];
}

/** Of an interval, until it is finer than a row. */
const HALVINGS = 40;

export interface OneBudget {
  /** Rows of all heads of all layers together. */
  rows: number;
  /** Places that every head keeps: counted, and kept even where they alone are more than the budget. */
  isFixed: (position: number) => boolean;
  /** How layers divide it, one to the other, as it was measured for the model; absent: by scores alone. */
  layerShares?: readonly number[];
}

/**
 * What every head keeps where all heads of all layers share one budget: the best rows wherever they are, or in each layer
 * as many as it is known to need. A layer's heads keep equally many, since they share one length; each its own best.
 *
 * Source: Kim et al. 2025 (KVzip), "non-uniform head budget"; lengths by layer instead of by head.
 * @yields layer by layer the rows of each head, ascending; of equal scores the earlier
 */
export function* selectUnderOneBudget(
  layers: readonly ScoredLayer[],
  budget: OneBudget,
): Generator<HeadRows, void, void> {
  const { isFixed, layerShares } = budget;
  const lengths = layers.map(({ positions }) => ({
    length: positions[0].length,
    fixed: mostFixed(positions, isFixed),
  }));
  const counts = layerShares
    ? countsByShare(lengths, budget.rows / layers[0].positions.length, layerShares)
    : countsByScore(layers, budget);
  for (const [layer, { positions, scores }] of layers.entries()) {
    const count = Math.max(counts[layer], lengths[layer].fixed);
    yield positions.map((places, head) => bestRows(places, scores[head], count, isFixed));
  }
}

/** Rows that a layer's heads have to keep. */
function mostFixed(positions: ScoredLayer['positions'], isFixed: OneBudget['isFixed']): number {
  return Math.max(...positions.map((places) => places.reduce((sum, place) => sum + (isFixed(place) ? 1 : 0), 0)));
}

/** Rows of a head of each layer, where the best of all stay. */
function countsByScore(layers: readonly ScoredLayer[], { rows, isFixed }: OneBudget): number[] {
  const threshold = thresholdOf(layers, rows, isFixed);
  return layers.map(({ positions, scores }) => {
    const above = positions.map((places, head) =>
      places.reduce((sum, place, row) => sum + (isFixed(place) || scores[head][row] > threshold ? 1 : 0), 0),
    );
    return Math.floor(above.reduce((sum, count) => sum + count, 0) / positions.length);
  });
}

/**
 * Rows of a head of each layer, in these proportions as far as layers have so many.
 * @param layers rows that a head has, and those that it has to keep
 * @param rows of a head of all layers together
 */
export function countsByShare(
  layers: readonly { length: number; fixed: number }[],
  rows: number,
  shares: readonly number[],
): number[] {
  const longest = Math.max(...layers.map(({ length }) => length));
  const countsAt = (factor: number) =>
    layers.map(({ length, fixed }, layer) =>
      Math.max(fixed, Math.min(length, Math.floor(factor * shares[layer] * longest))),
    );
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  let [fitting, tooMuch] = [0, 2 / Math.min(...shares)];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (fitting + tooMuch) / 2;
    if (total(countsAt(middle)) <= rows) fitting = middle;
    else tooMuch = middle;
  }
  return countsAt(fitting);
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
