import type { ConvertedModel } from '../model/converted-model.js';
import {
  type AttentionFlow,
  attentionHalf,
  type LayerFlow,
  lastRow,
  mlpHalf,
  rmsNorm,
  type SharedInputs,
} from './decoder-layer.js';
import { GraphBuilder } from './graph-builder.js';
import { linear } from './weights.js';

/**
 * A run of layers between two selections. A cut lies between a layer's attention and its MLP: there a token can be
 * dropped exactly, with its K/V in the layer's cache and nothing of it needed any more.
 */
export interface Segment {
  /** Layer after whose attention it begins; null: it begins with the embedding rows. */
  after: number | null;
  /** Layer after whose attention it ends; null: it ends with the logits. */
  until: number | null;
  /** Layers of it whose rotated queries are given out, for policies. */
  queryLayers: readonly number[];
}

/** Layers whose attention runs in a segment, first and last. */
export function attentionLayers(
  segment: Pick<Segment, 'after' | 'until'>,
  numLayers: number,
): { first: number; last: number } {
  return { first: (segment.after ?? -1) + 1, last: segment.until ?? numLayers - 1 };
}

/** Segments between cuts after the attention of the given layers, ascending. */
export function segmentsBetween(cuts: readonly number[], queryLayers: readonly number[], numLayers: number): Segment[] {
  return [null, ...cuts].map((after, i) => {
    const until = cuts[i] ?? null;
    const { first, last } = attentionLayers({ after, until }, numLayers);
    return { after, until, queryLayers: queryLayers.filter((layer) => layer >= first && layer <= last) };
  });
}

/**
 * The graph of one segment for a chunk of tokens. The same graph serves prefill (many rows) and decode (one row): two
 * would hold every weight twice.
 *
 * Inputs: `hidden` float32 [1, chunk, hiddenSize] (embedding rows), or after a cut `attention` float32
 * [1, chunk, numHeads · headDim] and `residual` float32 [1, chunk, hiddenSize]; `cos`, `sin` float32 [chunk, headDim / 2];
 * `lengths` int32 [2 · layers]: for each layer the tokens in its cache after this chunk less one, then the same not less
 * one; `pastKey.N`, `pastValue.N` float32 [1, numKvHeads, capacity, headDim].
 * Outputs: `logits` float32 [1, 1, vocabSize] of the chunk's last token, or `attentionOut` and `residualOut` as the inputs;
 * `query.N` float32 [1, chunk, numHeads · headDim] of the segment's query layers; `presentKey.N`, `presentValue.N`, to be bound to the past's
 * own buffers.
 */
export function buildSegmentGraph(model: ConvertedModel, segment: Segment): Uint8Array<ArrayBuffer> {
  const { numLayers, headDim, vocabSize, tiedHead } = model.config;
  const { first, last } = attentionLayers(segment, numLayers);
  const graph = new GraphBuilder('segment');
  let flow = segmentInput(graph, model, segment);
  const shared: SharedInputs = {
    cos: graph.input('cos', 'float32', ['chunk', headDim / 2]),
    sin: graph.input('sin', 'float32', ['chunk', headDim / 2]),
    ...splitLengths(graph, first, last),
  };
  for (let layer = first; layer <= last; layer++) {
    const attended = attentionHalf(graph, model, layer, shared, flow, segment.queryLayers.includes(layer));
    if (layer === segment.until) {
      endAtCut(graph, model, attended);
      return graph.serialize();
    }
    flow = mlpHalf(graph, model, layer, layer === numLayers - 1 ? lastRow(graph, attended) : attended);
  }
  const logits = graph.output('logits', 'float32', [1, 1, vocabSize]);
  linear(graph, model, tiedHead ? 'embedding' : 'head', flow.normed, logits);
  return graph.serialize();
}

function segmentInput(graph: GraphBuilder, model: ConvertedModel, { after }: Segment): LayerFlow {
  const { hiddenSize, numHeads, headDim } = model.config;
  if (after === null) {
    const hidden = graph.input('hidden', 'float32', [1, 'chunk', hiddenSize]);
    return { normed: rmsNorm(graph, model, hidden, 'layers.0.attnNorm'), residual: hidden };
  }
  const attention = graph.input('attention', 'float32', [1, 'chunk', numHeads * headDim]);
  const residual = graph.input('residual', 'float32', [1, 'chunk', hiddenSize]);
  return mlpHalf(graph, model, after, { attention, residual });
}

function endAtCut(graph: GraphBuilder, model: ConvertedModel, { attention, residual }: AttentionFlow): void {
  const { hiddenSize, numHeads, headDim } = model.config;
  graph.node('Identity', [attention], {}, graph.output('attentionOut', 'float32', [1, 'chunk', numHeads * headDim]));
  graph.node('Identity', [residual], {}, graph.output('residualOut', 'float32', [1, 'chunk', hiddenSize]));
}

/** By layer; layers outside the segment have no entry. */
function splitLengths(graph: GraphBuilder, first: number, last: number) {
  const count = last - first + 1;
  const lengths = graph.input('lengths', 'int32', [2 * count]);
  const ones = graph.int64Constant('lengthSplits', new Array<number>(2 * count).fill(1));
  const names = (prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}.${first + i}`);
  const [lastIndex, total] = [names('lastIndex'), names('total')];
  graph.manyOutputs('Split', [lengths, ones], [...lastIndex, ...total], { axis: { int: 0 } });
  const byLayer = (all: string[]): string[] => [...new Array<string>(first).fill(''), ...all];
  return { lastIndex: byLayer(lastIndex), total: byLayer(total) };
}
