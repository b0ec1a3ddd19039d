import type { ModelConfig } from '../model/model-config.js';
import type { QueryRows } from './attention-scores.js';
import type { CutRows } from './chunk-buffers.js';
import type { Float32Tensor } from './session.js';

/** Tokens of a prompt that are still on their way through the layers, parked between two segments. */
export class AliveRows {
  /** Places in the text, ascending, [count]. */
  positions: Int32Array;
  /** By layer: rotated queries of the prompt's last rows, those that vote. */
  private readonly voters = new Map<number, QueryRows>();
  private readonly attentionWidth: number;
  private readonly hiddenSize: number;
  /** [tokens, numHeads · headDim], the first `count` rows in use. */
  private readonly attention: Float32Array;
  /** [tokens, hiddenSize], the first `count` rows in use. */
  private readonly residual: Float32Array;

  constructor(
    config: Pick<ModelConfig, 'hiddenSize' | 'numHeads' | 'headDim'>,
    readonly tokens: number,
    start: number,
    private readonly scoreRows: number,
  ) {
    this.attentionWidth = config.numHeads * config.headDim;
    this.hiddenSize = config.hiddenSize;
    this.positions = Int32Array.from({ length: tokens }, (_, i) => start + i);
    this.attention = new Float32Array(tokens * this.attentionWidth);
    this.residual = new Float32Array(tokens * this.hiddenSize);
  }

  get count(): number {
    return this.positions.length;
  }

  /** Rows `from … from + length − 1` as input of the next segment. */
  load({ attention, residual }: CutRows, from: number, length: number): void {
    attention.values.set(rowsOf(this.attention, this.attentionWidth, from, length));
    residual.values.set(rowsOf(this.residual, this.hiddenSize, from, length));
  }

  /** What a segment made of rows `from … from + length − 1`. */
  store({ attention, residual }: CutRows, from: number, length: number): void {
    rowsOf(this.attention, this.attentionWidth, from, length).set(attention.values);
    rowsOf(this.residual, this.hiddenSize, from, length).set(residual.values);
  }

  /** Takes those of the rows' queries in a layer that vote. `queries`: of rows `from … from + length − 1`. */
  storeVoters(layer: number, queries: Float32Tensor, from: number, length: number): void {
    const firstVoter = this.count - this.scoreRows;
    const skipped = Math.max(0, firstVoter - from);
    if (skipped >= length) return;
    const rows = rowsOf(queries.values, this.attentionWidth, skipped, length - skipped);
    this.votersOf(layer).values.set(rows, (from + skipped - firstVoter) * this.attentionWidth);
  }

  /** Rotated queries of the prompt's last rows in a layer. */
  votersOf(layer: number): QueryRows {
    const bytes = 4 * this.scoreRows * this.attentionWidth;
    const made = this.voters.get(layer) ?? { rows: this.scoreRows, values: new Float32Array(new ArrayBuffer(bytes)) };
    this.voters.set(layer, made);
    return made;
  }

  /** Only these rows go on. `kept`: ascending; the voting rows are among them. */
  keep(kept: Int32Array): void {
    kept.forEach((row, i) => {
      if (row === i) return;
      this.attention.copyWithin(i * this.attentionWidth, row * this.attentionWidth, (row + 1) * this.attentionWidth);
      this.residual.copyWithin(i * this.hiddenSize, row * this.hiddenSize, (row + 1) * this.hiddenSize);
    });
    this.positions = kept.map((row) => this.positions[row]);
  }
}

function rowsOf(values: Float32Array, width: number, from: number, length: number): Float32Array {
  return values.subarray(from * width, (from + length) * width);
}
