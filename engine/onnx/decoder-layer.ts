import type { KvType } from '../types.js';
import type { GraphBuilder } from './graph-builder.js';
import { type GraphModel, linear, vector } from './weights.js';

/** Names of the values that all layers of a graph share. */
export interface SharedInputs {
  /** cos and sin of the chunk's positions, [chunk, headDim / 2]. */
  cos: string;
  sin: string;
  /** One: all of the chunk is of it. Several: each has one row of the chunk, and a cache of its own. */
  sequences: readonly SequenceInputs[];
}

/** Of one text and its cache. */
export interface SequenceInputs {
  /** Behind the names of its K/V and their scales: '', or with several `.0`, `.1` … */
  suffix: string;
  /** One name a layer, int32 [1]: tokens in the layer's cache after this chunk, less one. */
  lastIndex: readonly string[];
  /** One name a layer, int32 [1]: tokens in the layer's cache after this chunk. */
  total: readonly string[];
}

/** Between layers: what the next layer's norm gave, and the residual stream, both [1, chunk, hiddenSize]. */
export interface LayerFlow {
  normed: string;
  residual: string;
}

/** Name of the norm that follows a layer: the next layer's, or the last one before the head. */
const normAfter = (layer: number, numLayers: number) =>
  layer + 1 < numLayers ? `layers.${layer + 1}.attnNorm` : 'finalNorm';

/** Between a layer's attention and its MLP, both [1, chunk, …]: attention [numHeads · headDim], residual [hiddenSize]. */
export interface AttentionFlow {
  attention: string;
  residual: string;
}

/**
 * The first half of a transformer layer: attention over the layer's cache (its K/V buffers are input and output at once:
 * ONNX Runtime writes the chunk's rows into them in place). The rotated queries go out as `query.N`, [1, chunk,
 * numHeads · headDim]; with int8 K/V also the rows' rotated keys and values as `key.N` and `value.N`, [1, chunk,
 * numKvHeads · headDim], so that those beyond the scales can be stored right.
 *
 * Rows of several sequences have an attention each: theirs as one batch would need one capacity and, in int8, one set of
 * scales for all.
 */
export function attentionHalf(
  graph: GraphBuilder,
  model: GraphModel,
  layer: number,
  shared: SharedInputs,
  { normed, residual }: LayerFlow,
  kvType: KvType,
): AttentionFlow {
  return { attention: selfAttention(graph, model, layer, shared, normed, kvType), residual };
}

/** The second half: output projection and gated MLP, with the norm of the next layer at its end. */
export function mlpHalf(graph: GraphBuilder, model: GraphModel, layer: number, flow: AttentionFlow): LayerFlow {
  const projected = linear(graph, model, `layers.${layer}.o`, flow.attention);
  const middle = addAndNorm(graph, model, projected, flow.residual, `layers.${layer}.mlpNorm`);
  const mlp = gatedMlp(graph, model, layer, middle.normed);
  return addAndNorm(graph, model, mlp, middle.residual, normAfter(layer, model.config.numLayers));
}

/** Only the chunk's last token goes on: exact where nothing else is read from the others. */
export function lastRow(graph: GraphBuilder, { attention, residual }: AttentionFlow): AttentionFlow {
  const last = graph.int64Constant('lastRow', [-1]);
  const gather = (value: string) => graph.node('Gather', [value, last], { axis: { int: 1 } });
  return { attention: gather(attention), residual: gather(residual) };
}

export function rmsNorm(graph: GraphBuilder, model: GraphModel, value: string, weight: string): string {
  const scale = vector(graph, model, weight);
  return graph.node('SimplifiedLayerNormalization', [value, scale], {
    axis: { int: -1 },
    epsilon: { float: model.config.rmsNormEps },
  });
}

function addAndNorm(
  graph: GraphBuilder,
  model: GraphModel,
  value: string,
  residual: string,
  weight: string,
): LayerFlow {
  const normed = graph.nextName('normed');
  const sum = graph.nextName('residual');
  const scale = vector(graph, model, weight);
  graph.microsoftNode(
    'SkipSimplifiedLayerNormalization',
    [value, residual, scale],
    { epsilon: { float: model.config.rmsNormEps } },
    [normed, '', '', sum],
  );
  return { normed, residual: sum };
}

function selfAttention(
  graph: GraphBuilder,
  model: GraphModel,
  layer: number,
  shared: SharedInputs,
  normed: string,
  kvType: KvType,
): string {
  const { numHeads, numKvHeads, headDim } = model.config;
  const isInt8 = kvType === 'int8';
  const rows = (name: string, heads: number) => graph.output(name, 'float32', [1, 'chunk', heads * headDim]);
  const kvRows = (name: string) => (isInt8 ? rows(`${name}.${layer}`, numKvHeads) : graph.nextName(name));
  const [rotatedKey, value] = [kvRows('key'), kvRows('value')];
  const { query, key } = projectQkv(graph, model, layer, normed, value);
  const chunk = [
    rotate(graph, query, shared, numHeads, headDim, rows(`query.${layer}`, numHeads)),
    rotate(graph, key, shared, numKvHeads, headDim, rotatedKey),
    value,
  ];
  const { sequences } = shared;
  if (sequences.length === 1) return attend(graph, model, layer, sequences[0], chunk, kvType);
  const parts = chunk.map((all) => rowsApart(graph, all, sequences.length));
  const rowsOf = (index: number) => parts.map((part) => part[index]);
  const attended = sequences.map((sequence, i) => attend(graph, model, layer, sequence, rowsOf(i), kvType));
  return graph.node('Concat', attended, { axis: { int: 1 } });
}

/** [1, rows, width] → as many of [1, 1, width] */
function rowsApart(graph: GraphBuilder, value: string, rows: number): readonly string[] {
  const ones = graph.int64Constant('oneRowEach', new Array<number>(rows).fill(1));
  const names = Array.from({ length: rows }, (_, row) => `${graph.nextName('row')}.${row}`);
  return graph.manyOutputs('Split', [value, ones], names, { axis: { int: 1 } });
}

/** Attention of rows of one sequence over its cache. `rows`: rotated queries and keys, and values. */
function attend(
  graph: GraphBuilder,
  model: GraphModel,
  layer: number,
  { suffix, lastIndex, total }: SequenceInputs,
  rows: readonly string[],
  kvType: KvType,
): string {
  const { numHeads, numKvHeads, headDim } = model.config;
  const of = `${layer}${suffix}`;
  const kvShape = (length: string) => [1, numKvHeads, length, headDim];
  const pastKey = graph.input(`pastKey.${of}`, kvType, kvShape(`capacity.${of}`));
  const pastValue = graph.input(`pastValue.${of}`, kvType, kvShape(`capacity.${of}`));
  const presentKey = graph.output(`presentKey.${of}`, kvType, kvShape(`presentCapacity.${of}`));
  const presentValue = graph.output(`presentValue.${of}`, kvType, kvShape(`presentCapacity.${of}`));
  const isInt8 = kvType === 'int8';
  const scale = (name: string) => graph.input(`${name}.${of}`, 'float32', [1, numKvHeads, 1, headDim]);
  const scales = isInt8 ? ['', '', '', '', '', scale('keyScale'), scale('valueScale')] : [];
  const attention = graph.nextName('attention');
  return graph.microsoftNode(
    'GroupQueryAttention',
    [...rows, pastKey, pastValue, lastIndex[layer], total[layer], ...scales],
    {
      num_heads: { int: numHeads },
      kv_num_heads: { int: numKvHeads },
      scale: { float: headDim ** -0.5 },
      // Positions may have gaps once tokens are dropped: only rotation outside is right on every execution provider.
      do_rotary: { int: 0 },
      ...(isInt8 && {
        k_quant_type: { string: 'PER_CHANNEL' },
        v_quant_type: { string: 'PER_CHANNEL' },
        kv_cache_bit_width: { int: 8 },
      }),
    },
    [attention, presentKey, presentValue],
  );
}

/** → query [1, chunk, numHeads · headDim], key, and what becomes `value`, [1, chunk, numKvHeads · headDim]. */
function projectQkv(graph: GraphBuilder, model: GraphModel, layer: number, normed: string, value: string) {
  const { numHeads, numKvHeads, headDim, qkvBias, qkNorm } = model.config;
  const widths = [numHeads * headDim, numKvHeads * headDim, numKvHeads * headDim];
  let qkv = linear(graph, model, `layers.${layer}.qkv`, normed);
  if (qkvBias) qkv = graph.node('Add', [qkv, vector(graph, model, `layers.${layer}.qkvBias`)]);
  const [query, key] = ['query', 'key'].map((part) => graph.nextName(part));
  const splits = graph.int64Constant('qkvWidths', widths);
  graph.manyOutputs('Split', [qkv, splits], [query, key, value], { axis: { int: -1 } });
  if (!qkNorm) return { query, key };
  return {
    query: headwiseNorm(graph, model, query, `layers.${layer}.qNorm`, numHeads),
    key: headwiseNorm(graph, model, key, `layers.${layer}.kNorm`, numKvHeads),
  };
}

/** RMS norm over each head of [1, chunk, heads · headDim]. */
function headwiseNorm(graph: GraphBuilder, model: GraphModel, value: string, weight: string, heads: number): string {
  const { headDim } = model.config;
  const apart = graph.int64Constant(`heads${heads}`, [0, 0, heads, headDim]);
  const together = graph.int64Constant('headsTogether', [0, 0, -1]);
  const normed = rmsNorm(graph, model, graph.node('Reshape', [value, apart]), weight);
  return graph.node('Reshape', [normed, together]);
}

function rotate(
  graph: GraphBuilder,
  value: string,
  shared: SharedInputs,
  heads: number,
  headDim: number,
  output: string,
): string {
  // Row i of cos and sin belongs to token i of the chunk: the offset form with offset 0 reads them so.
  const offset = graph.int64Constant('rotaryOffset', [0]);
  const attributes = { num_heads: { int: heads }, rotary_embedding_dim: { int: headDim } };
  return graph.microsoftNode('RotaryEmbedding', [value, offset, shared.cos, shared.sin], attributes, [output]);
}

/** down(SiLU(gate(x)) · up(x)), gate and up as one projection. */
function gatedMlp(graph: GraphBuilder, model: GraphModel, layer: number, normed: string): string {
  const gateUp = linear(graph, model, `layers.${layer}.gateUp`, normed);
  const [gate, up] = [graph.nextName('gate'), graph.nextName('up')];
  const { intermediateSize } = model.config;
  const splits = graph.int64Constant('gateUpWidths', [intermediateSize, intermediateSize]);
  graph.manyOutputs('Split', [gateUp, splits], [gate, up], { axis: { int: -1 } });
  // QuickGelu with alpha 1 is x · sigmoid(x), in one pass.
  const activated = graph.microsoftNode('QuickGelu', [gate], { alpha: { float: 1 } });
  return linear(graph, model, `layers.${layer}.down`, graph.node('Mul', [activated, up]));
}
