import type { ScoreSpec } from './selection.js';

/** Rows of a prompt that vote on what is kept. */
export interface Voters {
  /** Spread over the rows before `recent`, ascending. */
  spread: Int32Array;
  /** The last rows, ascending. */
  recent: Int32Array;
}

/** @param count rows that there are; `windowRows`: those of them in the recent window */
export function votersOf({ recentRows, spreadRows }: ScoreSpec, count: number, windowRows: number): Voters {
  const recent = Math.min(recentRows ?? Math.max(1, windowRows), count);
  const before = count - recent;
  const spread = Math.min(spreadRows, before);
  return {
    spread: Int32Array.from({ length: spread }, (_, i) => Math.floor(((i + 1) * before) / spread) - 1),
    recent: Int32Array.from({ length: recent }, (_, i) => before + i),
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

/** Each element becomes the largest of the `pool` around it, in each head. [heads · length] */
export function maxPooled(scores: Float32Array, length: number, pool: number): Float32Array {
  if (pool <= 1) return scores;
  const reach = (pool - 1) / 2;
  return scores.map((_, at) => {
    const start = at - (at % length);
    let largest = 0;
    const end = Math.min(at + reach, start + length - 1);
    for (let near = Math.max(start, at - reach); near <= end; near++) {
      if (scores[near] > largest) largest = scores[near];
    }
    return largest;
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
