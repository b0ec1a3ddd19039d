/**
 * Tokens a run: short enough that a stop takes effect soon and progress is seen, long enough that the matrix products
 * are efficient.
 */
const PREFILL_CHUNK = 256;

/**
 * Rows of the last run of a prompt, if it is as long. The kernels for a single row round their int8 inputs differently
 * from those for several, so with one row a prompt half cached would not give the bits of the same prompt read anew.
 */
export const MIN_PREFILL = 2;

/** Lengths of the chunks in which `rows` rows are run. */
export function chunkLengths(rows: number): number[] {
  const lengths: number[] = [];
  for (let left = rows; left > 0; left -= lengths[lengths.length - 1]) {
    const wouldLeaveTooFew = left > PREFILL_CHUNK && left < PREFILL_CHUNK + MIN_PREFILL;
    lengths.push(Math.min(left, wouldLeaveTooFew ? left - MIN_PREFILL : PREFILL_CHUNK));
  }
  return lengths;
}
