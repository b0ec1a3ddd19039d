import type { LayerForm, ProductType } from '../model/converted-model.js';
import { type Graph, GraphBuilder } from '../onnx/graph-builder.js';
import { float32Tensor, type SessionFactory } from './ort/session.js';

const COLUMNS = 64;

/**
 * The type of 8-bit weights whose products with 8-bit inputs are right here. Signed ones are the quicker ones, but on x64
 * without VNNI their kernels add two products in 16 bits, which overflow; the kernels of unsigned ones do not.
 */
export async function productTypeFor(factory: SessionFactory): Promise<ProductType> {
  const session = await factory.create(largestProducts());
  try {
    const sums = float32Tensor([2, 1]);
    const values = new Uint8Array(new ArrayBuffer(2 * COLUMNS)).fill(255);
    const bound = session.bind({ input: { type: 'uint8', dims: [2, COLUMNS], values } }, { sum: sums });
    try {
      await bound.run();
    } finally {
      bound.release();
    }
    return sums.values.every((value) => value === COLUMNS * 255 * 127) ? 'int8' : 'uint8';
  } finally {
    await session.release();
  }
}

/** The form of 8-bit weights that a model's sessions take. */
export async function layerFormFor(factory: SessionFactory): Promise<LayerForm> {
  return factory.device ? 'blocks' : productTypeFor(factory);
}

function largestProducts(): Graph {
  const graph = new GraphBuilder('largest-products');
  const input = graph.input('input', 'uint8', ['rows', COLUMNS]);
  const weights = graph.int8Constant('weights', [COLUMNS, 1], new Int8Array(COLUMNS).fill(127));
  const unit = graph.float32Scalar('unit', 1);
  graph.microsoftNode('MatMulIntegerToFloat', [input, weights, unit, unit], {}, [
    graph.output('sum', 'float32', ['rows', 1]),
  ]);
  return graph.build();
}
