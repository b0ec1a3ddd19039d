import type { ModelConfig } from '../../model/model-config.js';
import { type Float32Tensor, float32Tensor } from '../ort/session.js';
import type { RotaryTable } from '../rope.js';

/** Tokens of a prompt that are still on their way through the layers, parked between a layer's attention and its MLP. */
export class AliveRows {
  /** Places in the text, ascending, [count]. */
  positions: Int32Array;
  /** Each [1, tokens, width]; the first `count` rows are in use. */
  private readonly attention: Float32Tensor;
  private readonly residual: Float32Tensor;
  private readonly cos: Float32Tensor;
  private readonly sin: Float32Tensor;

  /** @param hidden embedding rows, [tokens, hiddenSize] */
  constructor(
    { numHeads, headDim, hiddenSize }: Pick<ModelConfig, 'hiddenSize' | 'numHeads' | 'headDim'>,
    rotary: RotaryTable,
    start: number,
    tokens: number,
    lookUp: (hidden: Float32Array) => void,
  ) {
    const rows = (width: number) => float32Tensor([1, tokens, width]);
    this.positions = Int32Array.from({ length: tokens }, (_, i) => start + i);
    this.attention = rows(numHeads * headDim);
    this.residual = rows(hiddenSize);
    this.cos = rows(headDim / 2);
    this.sin = rows(headDim / 2);
    lookUp(this.residual.values);
    rotary.fill(this.positions, this.cos.values, this.sin.values);
  }

  get count(): number {
    return this.positions.length;
  }

  /** Rows `from … from + length − 1` as tensors over this memory; what a layer writes may replace what it read. */
  chunk(from: number, length: number) {
    const rotary = (tensor: Float32Tensor): Float32Tensor => {
      const { dims, values } = rowsOf(tensor, from, length);
      return { type: 'float32', dims: dims.slice(1), values };
    };
    return {
      attention: rowsOf(this.attention, from, length),
      residual: rowsOf(this.residual, from, length),
      cos: rotary(this.cos),
      sin: rotary(this.sin),
    };
  }

  /** Only these rows go on. `kept`: ascending. */
  keep(kept: Int32Array): void {
    for (const { dims, values } of [this.attention, this.residual, this.cos, this.sin]) {
      const width = dims[2];
      kept.forEach((row, i) => {
        if (row !== i) values.copyWithin(i * width, row * width, (row + 1) * width);
      });
    }
    this.positions = kept.map((row) => this.positions[row]);
  }
}

function rowsOf({ type, dims, values }: Float32Tensor, from: number, length: number): Float32Tensor {
  const width = dims[2];
  return { type, dims: [1, length, width], values: values.subarray(from * width, (from + length) * width) };
}
