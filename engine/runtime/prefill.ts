import type { Decoder } from './decoder.js';

/**
 * Tokens a run: short enough that a stop takes effect soon and progress is seen, long enough that the matrix products
 * are efficient.
 */
export const PREFILL_CHUNK = 256;

/**
 * Runs `tokens` from index `done` on in chunks, yielding how many of them the cache holds after each.
 * @returns logits of the last token, [vocabSize]. `done` must be less than `tokens.length`.
 */
export async function* prefill(
  decoder: Decoder,
  tokens: readonly number[],
  done: number,
): AsyncGenerator<number, Float32Array, void> {
  decoder.reserve(tokens.length - done);
  for (;;) {
    const chunk = tokens.slice(done, done + PREFILL_CHUNK);
    const logits = await decoder.run(chunk, done);
    // Only full chunks and single rows come again; a last, odd length would be kept for nothing.
    if (chunk.length !== 1 && chunk.length !== PREFILL_CHUNK) decoder.releaseChunk(chunk.length);
    done += chunk.length;
    yield done;
    if (done === tokens.length) return logits;
  }
}
