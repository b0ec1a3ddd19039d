import type { Decoder } from './decoder.js';

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

/**
 * Runs `tokens` from index `cached` on in chunks, yielding how many of them the cache holds after each.
 * @returns logits of the last token, [vocabSize]. `cached` must be less than `tokens.length`.
 */
export async function* prefill(
  decoder: Decoder,
  tokens: readonly number[],
  cached: number,
): AsyncGenerator<number, Float32Array, void> {
  decoder.reserve(tokens.length - cached);
  let done = cached;
  for (;;) {
    const left = tokens.length - done;
    const length = left > PREFILL_CHUNK && left < PREFILL_CHUNK + MIN_PREFILL ? left - MIN_PREFILL : PREFILL_CHUNK;
    const chunk = tokens.slice(done, done + length);
    const logits = await decoder.run(chunk, done);
    // Only full chunks and single rows come again; a last, odd length would be kept for nothing.
    if (chunk.length !== 1 && chunk.length !== PREFILL_CHUNK) decoder.releaseChunk(chunk.length);
    done += chunk.length;
    yield done;
    if (done === tokens.length) return logits;
  }
}
