import type { ScoreSpec } from './selection.js';

/** Rows of a prompt that vote on what is kept. */
export interface Voters {
  /** Spread evenly over all rows, ascending. */
  spread: Int32Array;
  /** The last rows, ascending. */
  recent: Int32Array;
}

/** @param count rows that there are; `windowRows`: those of them in the recent window */
export function votersOf({ recentRows, spreadRows }: ScoreSpec, count: number, windowRows: number): Voters {
  const recent = Math.min(recentRows ?? Math.max(1, windowRows), count);
  const spread = Math.min(spreadRows, count);
  return {
    spread: Int32Array.from({ length: spread }, (_, i) => Math.floor(((i + 1) * count) / spread) - 1),
    recent: Int32Array.from({ length: recent }, (_, i) => count - recent + i),
  };
}

/** Weights of the recent voters: rising evenly from 1 to `distanceWeight`, divided by their sum. [rows] */
export function recentWeights(rows: number, distanceWeight: number): Float32Array {
  const plain = Float64Array.from(
    { length: rows },
    (_, i) => 1 + (rows > 1 ? ((distanceWeight - 1) * i) / (rows - 1) : 0),
  );
  const sum = plain.reduce((a, b) => a + b, 0);
  return Float32Array.from(plain, (weight) => weight / sum);
}

/**
 * Sums of attention that keys got, made means over the voters that can see the key.
 * @param sums [heads · length], changed in place
 * @param ownKeys index of each voter's own key, ascending: it sees none behind it
 */
export function meanOverSeeing(sums: Float32Array, length: number, ownKeys: Int32Array): void {
  let seeing = ownKeys.length;
  let next = 0;
  for (let key = 0; key < length; key++) {
    while (next < ownKeys.length && ownKeys[next] < key) {
      next++;
      seeing--;
    }
    const share = seeing > 0 ? 1 / seeing : 0;
    for (let at = key; at < sums.length; at += length) sums[at] *= share;
  }
}

/** Each element becomes the largest or the mean of those around it, in each head. [heads · length] */
export function pooled(scores: Float32Array, length: number, { by, rows }: ScoreSpec['pool']): Float32Array {
  if (rows <= 1) return scores;
  const reach = (rows - 1) / 2;
  return scores.map((_, at) => {
    const start = at - (at % length);
    const first = Math.max(start, at - reach);
    const last = Math.min(at + reach, start + length - 1);
    let [sum, largest] = [0, 0];
    for (let near = first; near <= last; near++) {
      sum += scores[near];
      if (scores[near] > largest) largest = scores[near];
    }
    return by === 'max' ? largest : sum / (last - first + 1);
  });
}

/** Mean over `groups` equal groups of heads. [heads · length] → [groups][length] */
export function meanOfHeads(scores: Float32Array, length: number, groups: number): Float32Array[] {
  const heads = scores.length / Math.max(1, length);
  const size = heads / groups;
  return Array.from({ length: groups }, (_, group) => {
    const mean = new Float32Array(length);
    for (let head = group * size; head < (group + 1) * size; head++) {
      for (let key = 0; key < length; key++) mean[key] += scores[head * length + key] / size;
    }
    return mean;
  });
}
