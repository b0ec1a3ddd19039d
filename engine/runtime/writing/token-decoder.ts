/** Runs tokens through all layers at once, on K/V as the cache stores them: decoding, one token a run. */
export interface TokenDecoder {
  /**
   * Runs `tokens`, the first of them at position `start`, behind what the cache holds.
   * @returns logits of the last token, [vocabSize], or of all, [tokens, vocabSize]; overwritten by the next run.
   * @throws EngineError RUNTIME_FAILED, OUT_OF_MEMORY; the cache then holds none of the tokens.
   */
  run(tokens: readonly number[], start: number): Promise<Float32Array>;
  /** Rotated queries of the last run in a layer, [rows, numHeads · headDim]; overwritten by the next run. */
  queries(layer: number): Float32Array;
  release(): void;
}

export interface DecoderOptions {
  /** A run gives the logits of every token, to measure. */
  allLogits?: boolean;
}
