import type { ModelConfig } from '../model/model-config.js';
import { DATA_TYPE, type GraphBuilder } from './graph-builder.js';

type HeadShape = Pick<ModelConfig, 'numHeads' | 'numKvHeads' | 'headDim'>;

/** Taken from the attention logit of a key that a query must not see: its weight is 0 then. */
const MASK_STEP = 1e4;

/**
 * What keeps queries from keys behind their own, [rows, keys]: 0, or far below 0.
 * @param ownKey float32 [rows, 1], `keyIndex` float32 [1, keys]
 */
function causalBias(graph: GraphBuilder, ownKey: string, keyIndex: string): string {
  const behind = graph.node('Min', [graph.node('Sub', [ownKey, keyIndex]), graph.float32Scalar('nothing', 0)]);
  const bounded = graph.node('Max', [behind, graph.float32Scalar('oneBehind', -1)]);
  return graph.node('Mul', [bounded, graph.float32Scalar('maskStep', MASK_STEP)]);
}

/** The first rows of a cache, `length` int64 [1] of them: [1, numKvHeads, capacity, headDim] → [numKvHeads, length, headDim] */
export function usedRows(
  graph: GraphBuilder,
  cache: string,
  length: string,
  { numKvHeads, headDim }: HeadShape,
): string {
  const used = graph.node('Slice', [
    cache,
    graph.int64Constant('firstRow', [0]),
    length,
    graph.int64Constant('rowAxis', [2]),
  ]);
  return graph.node('Reshape', [used, graph.int64Constant('kvHeads', [numKvHeads, -1, headDim])]);
}

/**
 * Attention weights, float32 [numHeads, rows, keys], of a query's and its keys' type.
 * @param query [1, rows, numHeads · headDim], `keys` [numKvHeads, keys, headDim], both of one type; `bias` of causalBias
 */
function attentionWeights(
  graph: GraphBuilder,
  config: HeadShape,
  { query, keys, bias }: { query: string; keys: string; bias: string },
): string {
  const products = graph.node('Cast', [groupedProducts(graph, config, query, keys)], {
    to: { int: DATA_TYPE.float32 },
  });
  const scaled = graph.node('Mul', [products, graph.float32Scalar('attentionScale', config.headDim ** -0.5)]);
  return softmaxOf(graph, config, scaled, bias);
}

/** The same, all in float32, of a query that is scaled already. */
export function attentionTo(
  graph: GraphBuilder,
  config: HeadShape,
  { query, keys, bias }: { query: string; keys: string; bias: string },
): string {
  return softmaxOf(graph, config, groupedProducts(graph, config, query, keys), bias);
}

/** [numKvHeads, query heads of a group · rows, keys] */
function groupedProducts(
  graph: GraphBuilder,
  { numHeads, numKvHeads, headDim }: HeadShape,
  query: string,
  keys: string,
): string {
  const shape = (name: string, values: number[]) => graph.int64Constant(name, values);
  // Query heads that share a key head stand beside each other: their rows are one matrix.
  const heads = graph.node('Reshape', [query, shape('headsApart', [-1, numHeads, headDim])]);
  const headMajor = graph.node('Transpose', [heads], { perm: { ints: [1, 0, 2] } });
  const grouped = graph.node('Reshape', [headMajor, shape('groups', [numKvHeads, -1, headDim])]);
  const turned = graph.node('Transpose', [keys], { perm: { ints: [0, 2, 1] } });
  return graph.node('MatMul', [grouped, turned]);
}

function softmaxOf(graph: GraphBuilder, { numHeads }: HeadShape, products: string, bias: string): string {
  const parts = [graph.int64Constant('numHeads', [numHeads]), graph.node('Shape', [bias])];
  const byHead = graph.node('Concat', parts, { axis: { int: 0 } });
  const logits = graph.node('Add', [graph.node('Reshape', [products, byHead]), bias]);
  return graph.node('Softmax', [logits], { axis: { int: -1 } });
}

/** Values of the graph that attention over a layer's cache goes by; those of the cache are of the type `type`. */
interface CachedAttention {
  type: 'float32' | 'float16';
  query: string;
  presentKey: string;
  presentValue: string;
  ownKey: string;
  keyIndex: string;
  length: string;
}

/** Attention written out, [1, rows, numHeads · headDim]: what GroupQueryAttention gives. */
export function plainAttention(graph: GraphBuilder, config: HeadShape, given: CachedAttention): string {
  const { numHeads, numKvHeads, headDim } = config;
  const shape = (name: string, values: number[]) => graph.int64Constant(name, values);
  const keys = usedRows(graph, given.presentKey, given.length, config);
  const values = usedRows(graph, given.presentValue, given.length, config);
  const bias = causalBias(graph, given.ownKey, given.keyIndex);
  const weights = attentionWeights(graph, config, { query: given.query, keys, bias });
  const parts = [shape('numKvHeads', [numKvHeads]), shape('allRows', [-1]), given.length];
  const grouped = graph.node('Reshape', [weights, graph.node('Concat', parts, { axis: { int: 0 } })]);
  const typed = graph.node('Cast', [grouped], { to: { int: DATA_TYPE[given.type] } });
  const byHead = graph.node('Reshape', [
    graph.node('MatMul', [typed, values]),
    shape('queryHeads', [numHeads, -1, headDim]),
  ]);
  const rowMajor = graph.node('Transpose', [byHead], { perm: { ints: [1, 0, 2] } });
  return graph.node('Reshape', [rowMajor, shape('attended', [1, -1, numHeads * headDim])]);
}
