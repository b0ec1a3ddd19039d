import type { ModelConfig } from '../model/model-config.js';
import type { KvType } from '../types.js';
import { DATA_TYPE, type Graph, GraphBuilder } from './graph-builder.js';

/** What becomes of the attention of several query rows to a key: their weighted sum, or the largest. */
export type ScoreReduction = 'sum' | 'peak';

/**
 * Attention of some query rows over one layer's cache, weighted over the rows: what policies select by.
 *
 * Inputs: `query` float32 [1, rows, numHeads · headDim], rotated; `keys` of `keyType` [1, numKvHeads, capacity, headDim]
 * (int8: the keys' scales are in the queries already);
 * `length` int64 [1], rows of the cache in use; `lastKey` int64 [rows, 1], index of each query row's own key: it attends
 * none after; for the sum `weight` float32 [1, rows].
 * Output: `scores` float32 [numHeads, 1, length]: of softmax(q·kᵀ / √headDim), Σ over rows of weight times it, or the
 * largest over rows.
 */
export function buildScoreGraph(
  config: Pick<ModelConfig, 'numHeads' | 'numKvHeads' | 'headDim'>,
  keyType: KvType,
  reduction: ScoreReduction,
): Graph {
  const { numHeads, numKvHeads, headDim } = config;
  const graph = new GraphBuilder('attention-scores');
  const query = graph.input('query', 'float32', [1, 'rows', numHeads * headDim]);
  const keys = graph.input('keys', keyType, [1, numKvHeads, 'capacity', headDim]);
  const length = graph.input('length', 'int64', [1]);
  const lastKey = graph.input('lastKey', 'int64', ['rows', 1]);
  const scores = graph.output('scores', 'float32', [numHeads, 1, 'length']);
  const shape = (name: string, values: number[]) => graph.int64Constant(name, values);

  const used = graph.node('Slice', [keys, shape('zero', [0]), length, shape('rowAxis', [2])]);
  const squeezed = graph.node('Squeeze', [used, shape('batchAxis', [0])]);
  const keysByHead = keyType === 'int8' ? graph.node('Cast', [squeezed], { to: { int: DATA_TYPE.float32 } }) : squeezed;
  // Query heads that share a key head stand beside each other: their rows are one matrix.
  const heads = graph.node('Reshape', [query, shape('heads', [-1, numHeads, headDim])]);
  const headMajor = graph.node('Transpose', [heads], { perm: { ints: [1, 0, 2] } });
  const grouped = graph.node('Reshape', [headMajor, shape('groups', [numKvHeads, -1, headDim])]);
  const products = graph.microsoftNode('FusedMatMul', [grouped, keysByHead], {
    transB: { int: 1 },
    alpha: { float: headDim ** -0.5 },
  });
  const rowsOf = graph.node('Shape', [lastKey], { start: { int: 0 }, end: { int: 1 } });
  const byHead = graph.node('Concat', [shape('numHeads', [numHeads]), rowsOf, length], { axis: { int: 0 } });
  const logits = graph.node('Reshape', [products, byHead]);
  const index = graph.node('Range', [
    graph.int64Scalar('first', 0),
    graph.node('Squeeze', [length]),
    graph.int64Scalar('one', 1),
  ]);
  const isAfter = graph.node('Greater', [index, lastKey]);
  const masked = graph.node('Where', [isAfter, graph.float32Scalar('masked', -3e38), logits]);
  const attention = graph.node('Softmax', [masked], { axis: { int: -1 } });
  if (reduction === 'peak') graph.node('ReduceMax', [attention], { axes: { ints: [1] } }, scores);
  else graph.node('MatMul', [graph.input('weight', 'float32', [1, 'rows']), attention], {}, scores);
  return graph.build();
}
