import type { ConvertedModel } from '../model/converted-model.js';
import { decoderLayer, type LayerFlow, rmsNorm } from './decoder-layer.js';
import { GraphBuilder } from './graph-builder.js';
import { linear } from './weights.js';

/**
 * The whole decoder for a chunk of tokens, from embedding rows to the logits of the chunk's last token. One graph serves
 * prefill (many rows) and decode (one row): two would hold every weight twice.
 *
 * Inputs: `hidden` float32 [1, chunk, hiddenSize]; `cos`, `sin` float32 [chunk, headDim / 2];
 * `lengths` int32 [2 · numLayers]: for each layer the tokens in its cache after this chunk less one, then the same not
 * less one; `pastKey.N`, `pastValue.N` float32 [1, numKvHeads, capacity, headDim].
 * Outputs: `logits` float32 [1, 1, vocabSize]; `presentKey.N`, `presentValue.N`, to be bound to the past's own buffers.
 */
export function buildDecoderGraph(model: ConvertedModel): Uint8Array<ArrayBuffer> {
  const { numLayers, hiddenSize, headDim, vocabSize, tiedHead } = model.config;
  const graph = new GraphBuilder('decoder');
  const hidden = graph.input('hidden', 'float32', [1, 'chunk', hiddenSize]);
  const cos = graph.input('cos', 'float32', ['chunk', headDim / 2]);
  const sin = graph.input('sin', 'float32', ['chunk', headDim / 2]);
  const lengths = graph.input('lengths', 'int32', [2 * numLayers]);
  graph.output('logits', 'float32', [1, 1, vocabSize]);

  const perLayer = (prefix: string) => Array.from({ length: numLayers }, (_, layer) => `${prefix}.${layer}`);
  const [lastIndex, total] = [perLayer('lastIndex'), perLayer('total')];
  const ones = graph.int64Constant('lengthSplits', new Array<number>(2 * numLayers).fill(1));
  graph.manyOutputs('Split', [lengths, ones], [...lastIndex, ...total], { axis: { int: 0 } });

  let flow: LayerFlow = { normed: rmsNorm(graph, model, hidden, 'layers.0.attnNorm'), residual: hidden };
  for (let layer = 0; layer < numLayers; layer++) {
    flow = decoderLayer(graph, model, layer, { cos, sin, lastIndex, total }, flow, layer === numLayers - 1);
  }
  linear(graph, model, tiedHead ? 'embedding' : 'head', flow.normed, 'logits');
  return graph.serialize();
}
