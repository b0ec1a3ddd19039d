import type { ConvertedModel } from '../model/converted-model.js';
import type { LayerFlow } from './decoder-layer.js';
import { type DeviceForm, DeviceLayers } from './device-layer.js';
import { DATA_TYPE, type Graph, GraphBuilder } from './graph-builder.js';

/**
 * One of the graphs into which `layerSegments` cuts the model: what follows the attention of the layer before, and the
 * attention of `layer`; with `layer` = numLayers the rest of the last layer and the head.
 *
 * Inputs: `hidden` float32 [1, chunk, hiddenSize] for the first layer, else `attention` [1, chunk, numHeads · headDim] and
 * `residual` [1, chunk, hiddenSize] of the form's type; with attention also `cos`, `sin` float32 [chunk, headDim / 2],
 * `lastIndex`, `total` int32 [1], `pastKey.N`, `pastValue.N`, and where it is not fused `ownKey` float32 [chunk, 1],
 * `keyIndex` float32 [1, total] and `length` int64 [1], the same as `total`.
 * Outputs: `attentionOut`, `residualOut`, `presentKey.N`, `presentValue.N`, `query.N` float32 [1, chunk, numHeads ·
 * headDim]; or `logits` float32 [chunk, vocabSize].
 */
export function buildDeviceSegment(model: ConvertedModel, layer: number, form: DeviceForm): Graph {
  const { numLayers, numHeads, headDim, hiddenSize, vocabSize } = model.config;
  const graph = new GraphBuilder('device-segment');
  const layers = new DeviceLayers(graph, model, form);
  const flow = segmentInput(graph, layers, model, layer, form);
  if (layer === numLayers) {
    layers.head(flow.normed, graph.output('logits', 'float32', ['chunk', vocabSize]));
    return graph.build();
  }
  const table = (name: string) => layers.weights.inForm(graph.input(name, 'float32', ['chunk', headDim / 2]));
  const inputs = {
    ...{ cos: table('cos'), sin: table('sin') },
    lastIndex: graph.input('lastIndex', 'int32', [1]),
    total: graph.input('total', 'int32', [1]),
    plain: form.fusedAttention
      ? null
      : {
          ownKey: graph.input('ownKey', 'float32', ['chunk', 1]),
          keyIndex: graph.input('keyIndex', 'float32', [1, 'total']),
          length: graph.input('length', 'int64', [1]),
        },
  };
  const { flow: attended, rotatedQuery } = layers.attentionHalf(layer, inputs, flow);
  const [width, output] = [numHeads * headDim, graph.output.bind(graph)];
  graph.node('Identity', [attended.attention], {}, output('attentionOut', form.type, [1, 'chunk', width]));
  graph.node('Identity', [attended.residual], {}, output('residualOut', form.type, [1, 'chunk', hiddenSize]));
  graph.node(
    'Cast',
    [rotatedQuery],
    { to: { int: DATA_TYPE.float32 } },
    output(`query.${layer}`, 'float32', [1, 'chunk', width]),
  );
  return graph.build();
}

function segmentInput(
  graph: GraphBuilder,
  layers: DeviceLayers,
  { config }: ConvertedModel,
  layer: number,
  { type }: DeviceForm,
): LayerFlow {
  const { numHeads, headDim, hiddenSize } = config;
  if (layer === 0) return layers.begin(graph.input('hidden', 'float32', [1, 'chunk', hiddenSize]));
  const attention = graph.input('attention', type, [1, 'chunk', numHeads * headDim]);
  const residual = graph.input('residual', type, [1, 'chunk', hiddenSize]);
  return layers.mlpHalf(layer - 1, { attention, residual });
}

/** Elements of a step's one input. */
export function stepLength({ hiddenSize, headDim, numLayers }: ConvertedModel['config']): number {
  return hiddenSize + headDim + numLayers;
}

/**
 * All layers for one token, in a form that can be captured: a replay costs by how many tensors are copied to the device,
 * so all that changes from token to token is one.
 *
 * Inputs: `step` float32 [1, stepLength]: embedding row, cos, sin, and for each layer the tokens in its cache before this
 * one; `total.N` int32 [1]: tokens in a layer's cache with this one, or in a captured run the layer's capacity;
 * `pastKey.N`, `pastValue.N`.
 * Outputs: `result` float32 [1, vocabSize + numLayers · numHeads · headDim]: logits, and the rotated queries of all layers,
 * as each way back has a price, too; `presentKey.N`, `presentValue.N`.
 */
export function buildDeviceStep(model: ConvertedModel, form: DeviceForm): Graph {
  const { numLayers, numHeads, headDim, hiddenSize, vocabSize } = model.config;
  const graph = new GraphBuilder('device-step');
  const layers = new DeviceLayers(graph, model, form);
  const step = graph.input('step', 'float32', [1, stepLength(model.config)]);
  const slice = (value: string, name: string, from: number, length: number) =>
    graph.node('Slice', [
      value,
      graph.int64Constant(`${name}.from`, [from]),
      graph.int64Constant(`${name}.to`, [from + length]),
      graph.int64Constant('lastAxis', [1]),
    ]);
  const row = slice(step, 'hidden', 0, hiddenSize);
  let flow = layers.begin(graph.node('Reshape', [row, graph.int64Constant('oneRow', [1, 1, hiddenSize])]));
  const table = (name: string, from: number) => layers.weights.inForm(slice(step, name, from, headDim / 2));
  const [cos, sin] = [table('cos', hiddenSize), table('sin', hiddenSize + headDim / 2)];
  const counts = slice(step, 'lengths', hiddenSize + headDim, numLayers);
  const flat = graph.node('Reshape', [counts, graph.int64Constant('byLayer', [numLayers])]);
  const lengths = eachOf(graph, graph.node('Cast', [flat], { to: { int: DATA_TYPE.int32 } }), numLayers);
  const queries: string[] = [];
  for (let layer = 0; layer < numLayers; layer++) {
    const inputs = {
      ...{ cos, sin, plain: null },
      lastIndex: lengths[layer],
      total: graph.input(`total.${layer}`, 'int32', [1]),
    };
    const { flow: attended, rotatedQuery } = layers.attentionHalf(layer, inputs, flow);
    queries.push(rotatedQuery);
    flow = layers.mlpHalf(layer, attended);
  }
  const width = numLayers * numHeads * headDim;
  const together = graph.node('Reshape', [
    graph.node('Concat', queries, { axis: { int: 1 } }),
    graph.int64Constant('allQueries', [1, width]),
  ]);
  const rotated = graph.node('Cast', [together], { to: { int: DATA_TYPE.float32 } });
  const logits = graph.nextName('logits');
  layers.head(flow.normed, logits);
  const result = graph.output('result', 'float32', [1, vocabSize + width]);
  graph.node('Concat', [logits, rotated], { axis: { int: 1 } }, result);
  return graph.build();
}

/** A node writes no more outputs than a device can bind. */
const MOST_PARTS = 7;

/** The elements of a vector, each [1]: in few nodes, as each takes its time. */
function eachOf(graph: GraphBuilder, vector: string, count: number): string[] {
  const parts = Math.min(count, MOST_PARTS);
  const lengths = Array.from({ length: parts }, (_, i) => Math.floor((count + i) / parts));
  if (parts === 1) return [vector];
  const outputs = lengths.map((_, i) => `${graph.nextName('part')}.${i}`);
  graph.manyOutputs('Split', [vector, graph.int64Constant(`lengths${count}`, lengths)], outputs, { axis: { int: 0 } });
  return outputs.flatMap((part, i) => eachOf(graph, part, lengths[i]));
}
