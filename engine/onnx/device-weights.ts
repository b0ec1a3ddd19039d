import { EngineError } from '../errors.js';
import type { ByteRange, ConvertedModel, StoredWeight } from '../model/converted-model.js';
import { DATA_TYPE, type GraphBuilder } from './graph-builder.js';
import { BLOCK_SIZE, nBitsProduct, stored } from './weights.js';

/** Rows of a stored weight. */
interface RowRange {
  from: number;
  rows: number;
}

/** Weights as nodes of a graph for a device: quants as they are stored, all that is float in the type that it computes in. */
export class WeightNodes {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly model: ConvertedModel,
    private readonly type: 'float32' | 'float16',
  ) {}

  /** Of a weight that is stored in blocks; null: it is not. */
  bits(name: string): number | null {
    const weight = stored(this.model, name);
    return weight.kind === 'blocks' ? weight.bits : null;
  }

  /** float32 → the type that the device computes in. */
  inForm(value: string): string {
    return this.type === 'float32' ? value : this.graph.node('Cast', [value], { to: { int: DATA_TYPE[this.type] } });
  }

  /**
   * A product that can be an output of the graph, in float32: [1, chunk, columns] → [chunk, rows]. The last node computes:
   * a captured run does not repeat what is only copied into an output, as the result of a Reshape is.
   */
  output(name: string, input: string, rows: number, output: string): void {
    const weight = stored(this.model, name);
    const columns = weight.kind === 'float32' ? weight.shape[1] : weight.columns;
    const flat = this.graph.node('Reshape', [input, this.graph.int64Constant(`rowsOf${columns}`, [-1, columns])]);
    const product = this.type === 'float32' ? output : this.graph.nextName('product');
    this.product(name, flat, { from: 0, rows }, product);
    if (product !== output) this.graph.node('Cast', [product], { to: { int: DATA_TYPE.float32 } }, output);
  }

  /** A one-dimensional weight, or a part of it. */
  vector(name: string, part?: RowRange): string {
    const weight = stored(this.model, name);
    if (weight.kind !== 'float32') throw new EngineError('INTERNAL', `${name} must be float32`);
    const { from, rows } = part ?? { from: 0, rows: weight.shape[0] };
    return this.floats(`${name}.${from}`, [rows], rowsOf(weight.values, weight.shape[0], { from, rows }));
  }

  /** x · Wᵀ for some rows of W: [1, chunk, columns] → [1, chunk, rows] */
  linear(name: string, input: string, part: RowRange): string {
    const { graph } = this;
    const weight = stored(this.model, name);
    if (weight.kind !== 'float32') return this.product(name, input, part, graph.nextName(name));
    const [, columns] = weight.shape;
    const flat = graph.node('Reshape', [input, graph.int64Constant(`rowsOf${columns}`, [-1, columns])]);
    const product = this.product(name, flat, part, graph.nextName(name));
    return graph.node('Reshape', [product, graph.int64Constant(`chunkOf${part.rows}`, [1, -1, part.rows])]);
  }

  /** [… , columns] → [… , rows]; of float32 weights [chunk, columns] → [chunk, rows] only */
  private product(name: string, input: string, part: RowRange, output: string): string {
    const weight = stored(this.model, name);
    switch (weight.kind) {
      case 'float32':
        return this.matrix(name, weight, input, part, output);
      case 'blocks':
        return this.blocks(name, weight, input, part, output);
      default:
        throw new EngineError('INTERNAL', `${name} is stored for the processor, not for a device.`);
    }
  }

  private matrix(
    name: string,
    { shape, values }: Extract<StoredWeight, { kind: 'float32' }>,
    input: string,
    { from, rows }: RowRange,
    output: string,
  ): string {
    const [total, columns] = shape;
    const matrix = this.floats(`${name}.${from}`, [rows, columns], rowsOf(values, total, { from, rows }));
    return this.graph.node('Gemm', [input, matrix], { transB: { int: 1 } }, output);
  }

  private blocks(
    name: string,
    weight: Extract<StoredWeight, { kind: 'blocks' }>,
    input: string,
    { from, rows }: RowRange,
    output: string,
  ): string {
    const { graph } = this;
    const { columns, bits } = weight;
    const blocks = columns / BLOCK_SIZE;
    const part = (range: ByteRange) => rowsOf(range, weight.rows, { from, rows });
    const quants = graph.externalWeight(
      `${name}.${from}.quants`,
      'uint8',
      [rows, blocks, (BLOCK_SIZE * bits) / 8],
      part(weight.quants),
    );
    const scales = this.floats(`${name}.${from}.scales`, [rows, blocks], part(weight.scales));
    return nBitsProduct(graph, [input, quants, scales], { rows, columns, bits }, output);
  }

  /** Cast when the session is made. */
  private floats(name: string, shape: readonly number[], range: ByteRange): string {
    return this.inForm(this.graph.externalWeight(name, 'float32', shape, range));
  }
}

function rowsOf({ offset, length }: ByteRange, total: number, { from, rows }: RowRange): ByteRange {
  const rowBytes = length / total;
  return { offset: offset + from * rowBytes, length: rows * rowBytes };
}
