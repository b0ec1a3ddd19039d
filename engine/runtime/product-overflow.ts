import { type Graph, GraphBuilder } from '../onnx/graph-builder.js';
import { float32Tensor, type Session } from './session.js';

const COLUMNS = 64;

/**
 * Whether 8-bit products overflow here: on x64 without VNNI the kernels add two of them in 16 bits. ONNX Runtime has
 * kernels that are right there, too (`session.x64quantprecision`), but takes them everywhere once they are asked for,
 * and with VNNI they are several times slower.
 */
export async function productsOverflow(create: (graph: Graph) => Promise<Session>): Promise<boolean> {
  const graph = new GraphBuilder('largest-products');
  const input = graph.input('input', 'uint8', ['rows', COLUMNS]);
  const weights = graph.int8Constant('weights', [COLUMNS, 1], new Int8Array(COLUMNS).fill(127));
  const unit = graph.float32Scalar('unit', 1);
  const sum = graph.output('sum', 'float32', ['rows', 1]);
  graph.microsoftNode('MatMulIntegerToFloat', [input, weights, unit, unit], {}, [sum]);
  const session = await create(graph.build());
  try {
    const sums = float32Tensor([2, 1]);
    const values = new Uint8Array(new ArrayBuffer(2 * COLUMNS)).fill(255);
    const bound = session.bind({ input: { type: 'uint8', dims: [2, COLUMNS], values } }, { sum: sums });
    try {
      await bound.run();
    } finally {
      bound.release();
    }
    return sums.values.some((value) => value !== COLUMNS * 255 * 127);
  } finally {
    await session.release();
  }
}
