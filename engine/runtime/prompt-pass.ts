import type { WorkingRows } from '../kv/kv-cache.js';
import type { AnyTensor } from './session.js';

/** Tokens of a prompt on their way through the layers, and the room for the K/V of the layer at hand. */
export interface PromptPass {
  /** Places in the text of the rows that are still alive, ascending. */
  readonly positions: Int32Array;
  readonly working: WorkingRows;
  /** Lengths of the chunks in which all rows are run through a layer, in their order. */
  chunkLengths(): number[];
  /** Rows from `from` on that one run can take, of about as many as `wanted`; where what is run is cut already, as it is. */
  chunkFrom(from: number, wanted: number): number;
  /**
   * The rest of the layer before, and this layer's attention, for rows `from` … `from + length − 1`: one of the chunks, or of `chunkFrom`.
   * @param total rows of K/V in use once these are among them
   * @returns rotated queries of the chunk, [1, length, numHeads · headDim]; overwritten by the next run
   */
  run(layer: number, from: number, length: number, total: number): Promise<AnyTensor>;
  /** Some rows of what `run` gave, in our memory, [rows, numHeads · headDim]. */
  read(queries: AnyTensor, rows: Int32Array): Promise<Float32Array>;
  /** Only these rows go on. `kept`: ascending. */
  keep(kept: Int32Array): void;
  /** The rest of the last layer, and the head, for the last row. → logits, [vocabSize] */
  head(): Promise<Float32Array>;
  release(): void;
}
