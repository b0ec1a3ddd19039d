/**
 * Tokens a run: short enough that a stop takes effect soon and progress is seen, long enough that the matrix products
 * are efficient.
 */
export const PREFILL_CHUNK = 256;

/**
 * Rows of the last run of a prompt, if it is as long. The kernels for a single row round their int8 inputs differently
 * from those for several, so with one row a prompt half cached would not give the bits of the same prompt read anew.
 */
export const MIN_PREFILL = 2;

/** Floats for the attention of one chunk in each head, if chunks of SHORTEST_CHUNK need no more: 2.7 MB. */
const ATTENTION_FLOATS = 666_666;
const SHORTEST_CHUNK = 32;

/** Tokens a run, so that a chunk's attention to `capacity` tokens has room: in each head [chunk, capacity] floats. */
export function longestChunk(capacity: number): number {
  return Math.min(PREFILL_CHUNK, Math.max(SHORTEST_CHUNK, Math.floor(ATTENTION_FLOATS / capacity)));
}

/** Lengths of the chunks in which `rows` rows are run. */
export function chunkLengths(rows: number, longest: number): number[] {
  const lengths: number[] = [];
  for (let left = rows; left > 0; left -= lengths[lengths.length - 1]) {
    const wouldLeaveTooFew = left > longest && left < longest + MIN_PREFILL;
    lengths.push(Math.min(left, wouldLeaveTooFew ? left - MIN_PREFILL : longest));
  }
  return lengths;
}
