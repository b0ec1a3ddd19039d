import type { WorkingRows } from '../../kv/working-rows.js';
import type { AnyTensor, DeviceTensor } from '../ort/session.js';

/** Tokens of a prompt on their way through the layers. */
export interface PromptPass {
  /** Places in the text of the rows that are still alive, ascending. */
  readonly positions: Int32Array;
  /** K/V of so many layers can be held that are not stored yet. */
  readonly layersHeld: number;
  /** Room for a layer's K/V, whose first `history` rows are those of the cache; what it has behind them stays as it is. */
  begin(layer: number, history: number): WorkingRows;
  /** The layer's K/V are stored, or not wanted. */
  end(working: WorkingRows): void;
  /** Lengths of the chunks in which all rows are run through a layer, in their order. */
  chunkLengths(): number[];
  /** Rows from `from` on that one run can take, of about as many as `wanted`; where what is run is cut already, as it is. */
  chunkFrom(from: number, wanted: number): number;
  /**
   * The rest of the layer before, and the attention of the layer that was begun last, for rows `from` … `from + length − 1`:
   * one of the chunks, or of `chunkFrom`.
   * @param total rows of K/V in use once these are among them
   * @returns rotated queries of the chunk, [1, length, numHeads · headDim]; overwritten by the next run
   */
  run(layer: number, from: number, length: number, total: number): Promise<AnyTensor>;
  /** Some rows of what `run` gave, where scores are computed, [rows, numHeads · headDim]. */
  collect(queries: AnyTensor, rows: Int32Array): Float32Array | DeviceTensor;
  /** Only these rows go on. `kept`: ascending. */
  keep(kept: Int32Array): void;
  /** The rest of the last layer, and the head, for the last row. → logits, [vocabSize] */
  head(): Promise<Float32Array>;
  release(): void;
}
