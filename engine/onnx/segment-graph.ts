import type { ConvertedModel } from '../model/converted-model.js';
import type { KvType } from '../types.js';
import {
  type AttentionFlow,
  attentionHalf,
  type LayerFlow,
  lastRow,
  mlpHalf,
  rmsNorm,
  type SharedInputs,
} from './decoder-layer.js';
import { type Graph, GraphBuilder } from './graph-builder.js';
import { type GraphModel, linear, rotated } from './weights.js';

/**
 * A run of layers. It begins and ends between a layer's attention and its MLP: there a token can be dropped exactly,
 * with its K/V in the layer's cache and nothing of it needed any more.
 */
export interface Segment {
  /** Layer after whose attention it begins; null: it begins with the embedding rows. */
  after: number | null;
  /** Layer after whose attention it ends; null: it ends with the logits. */
  until: number | null;
  /** Element type of the K/V that its attention reads and writes. */
  kvType: KvType;
  /** Every row gives logits, not only the last: to measure, not to write. */
  allLogits?: boolean;
  /** It runs one row at a time; several are right, too, but rounded to 8 bits together. */
  oneRow: boolean;
  /** Rows are of so many sequences, one of each, with a cache each; absent: all rows are of one. */
  sequences?: number;
}

/** All layers at once, for one row of each of so many sequences. */
export const wholeBatch = (kvType: KvType, sequences: number): Segment => ({
  ...wholeModel(kvType, true),
  sequences,
});

/** All layers at once: one token step, or, to measure, a few tokens. */
export const wholeModel = (kvType: KvType, allLogits = false): Segment => ({
  after: null,
  until: null,
  kvType,
  allLogits,
  oneRow: !allLogits,
});

/**
 * The model cut after every layer's attention, [numLayers + 1]: segment l holds the attention of layer l, the last one
 * only the last layer's MLP and the head. For prefill, on float32 K/V.
 */
export function layerSegments(numLayers: number): Segment[] {
  return Array.from({ length: numLayers + 1 }, (_, layer) => ({
    after: layer === 0 ? null : layer - 1,
    until: layer === numLayers ? null : layer,
    kvType: 'float32',
    oneRow: false,
  }));
}

/** Layers whose attention runs in a segment, ascending. */
function attentionLayers({ after, until }: Segment, numLayers: number): number[] {
  const first = (after ?? -1) + 1;
  const last = until ?? numLayers - 1;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/**
 * The graph of one segment for a chunk of tokens.
 *
 * Inputs: `hidden` float32 [1, chunk, hiddenSize] (embedding rows), or after a cut `attention` float32
 * [1, chunk, numHeads · headDim] and `residual` float32 [1, chunk, hiddenSize]; if it has attention: `cos`, `sin` float32
 * [chunk, headDim / 2] and `lengths` int32 [2 · layers]: for each layer the tokens in its cache after this chunk less
 * one, then the same not less one; `pastKey.N`, `pastValue.N` [1, numKvHeads, capacity, headDim] of `kvType`, with int8
 * `keyScale.N`, `valueScale.N` float32 [1, numKvHeads, 1, headDim].
 * Outputs: `logits` float32 [1, 1, vocabSize] of the chunk's last token ([1, chunk, vocabSize] if of all), or `attentionOut` and `residualOut` as the
 * inputs; `presentKey.N`, `presentValue.N`, to be bound to the past's own buffers; `query.N`, with int8 `key.N` and
 * `value.N`, as `attentionHalf` says.
 *
 * Of several sequences, `lengths` is one behind the other, [sequences · 2 · layers], and K/V and scales of sequence S in
 * layer N are `pastKey.N.S` and so on.
 */
export function buildSegmentGraph(converted: ConvertedModel, segment: Segment): Graph {
  const { numLayers, vocabSize } = converted.config;
  const model = { ...converted, oneRow: segment.oneRow };
  const layers = attentionLayers(segment, numLayers);
  const graph = new GraphBuilder('segment');
  let flow = segmentInput(graph, model, segment);
  const shared = sharedInputs(graph, model, layers, segment.sequences);
  for (const layer of layers) {
    const attended = attentionHalf(graph, model, layer, shared, flow, segment.kvType);
    if (layer === segment.until) {
      endAtCut(graph, model, attended);
      return graph.build();
    }
    const isEnd = layer === numLayers - 1 && !segment.allLogits;
    flow = mlpHalf(graph, model, layer, isEnd ? lastRow(graph, attended) : attended);
  }
  const logits = graph.output('logits', 'float32', [1, segment.allLogits ? 'chunk' : 1, vocabSize]);
  const head = converted.weights.head ? 'head' : 'embedding';
  // The last row is rounded alike, whether it was read or written, and its weights are repacked once.
  linear(graph, { ...model, oneRow: !segment.allLogits }, head, flow.normed, logits);
  return graph.build();
}

function segmentInput(graph: GraphBuilder, model: GraphModel, { after }: Segment): LayerFlow {
  const { hiddenSize, numHeads, headDim } = model.config;
  if (after === null) {
    const hidden = graph.input('hidden', 'float32', [1, 'chunk', hiddenSize]);
    const residual = model.rotatedResidual ? rotated(graph, hidden, hiddenSize) : hidden;
    return { normed: rmsNorm(graph, model, residual, 'layers.0.attnNorm'), residual };
  }
  const attention = graph.input('attention', 'float32', [1, 'chunk', numHeads * headDim]);
  const residual = graph.input('residual', 'float32', [1, 'chunk', hiddenSize]);
  return mlpHalf(graph, model, after, { attention, residual });
}

function endAtCut(graph: GraphBuilder, model: GraphModel, { attention, residual }: AttentionFlow): void {
  const { hiddenSize, numHeads, headDim } = model.config;
  graph.node('Identity', [attention], {}, graph.output('attentionOut', 'float32', [1, 'chunk', numHeads * headDim]));
  graph.node('Identity', [residual], {}, graph.output('residualOut', 'float32', [1, 'chunk', hiddenSize]));
}

function sharedInputs(
  graph: GraphBuilder,
  model: GraphModel,
  layers: readonly number[],
  sequences?: number,
): SharedInputs {
  const { headDim } = model.config;
  if (layers.length === 0) return { cos: '', sin: '', sequences: [] };
  const table = (name: string) => graph.input(name, 'float32', ['chunk', headDim / 2]);
  const [cos, sin] = [table('cos'), table('sin')];
  const suffixes = sequences === undefined ? [''] : Array.from({ length: sequences }, (_, sequence) => `.${sequence}`);
  const count = 2 * layers.length * suffixes.length;
  const lengths = graph.input('lengths', 'int32', [count]);
  const ones = graph.int64Constant('lengthSplits', new Array<number>(count).fill(1));
  const named = suffixes.map((suffix) => {
    const names = (prefix: string) => layers.map((layer) => `${prefix}.${layer}${suffix}`);
    return { suffix, lastIndex: names('lastIndex'), total: names('total') };
  });
  const outputs = named.flatMap(({ lastIndex, total }) => [...lastIndex, ...total]);
  graph.manyOutputs('Split', [lengths, ones], outputs, { axis: { int: 0 } });
  // Found by the layer's number; layers outside the segment have no entry.
  const byLayer = (all: string[]): string[] => [...new Array<string>(layers[0]).fill(''), ...all];
  const found = named.map(({ suffix, lastIndex, total }) => {
    return { suffix, lastIndex: byLayer(lastIndex), total: byLayer(total) };
  });
  return { cos, sin, sequences: found };
}
