import type { ModelConfig } from '../model/model-config.js';
import type { Segment } from '../onnx/segment-graph.js';
import { type Float32Tensor, float32Tensor } from './session.js';

/** Rows between a layer's attention and its MLP. */
export interface CutRows {
  /** [1, chunk, numHeads · headDim] */
  attention: Float32Tensor;
  /** [1, chunk, hiddenSize] */
  residual: Float32Tensor;
}

/** What the segments read and write for chunks of one length. */
export interface ChunkBuffers {
  /** [1, chunk, hiddenSize] */
  hidden: Float32Tensor;
  /** [chunk, headDim / 2] */
  cos: Float32Tensor;
  sin: Float32Tensor;
  /** One between any two segments: the output of the one and the input of the other. */
  cuts: CutRows[];
  /** By layer, where the segments give them out: rotated queries, [1, chunk, numHeads · headDim]. */
  queries: Map<number, Float32Tensor>;
}

export function chunkBuffers(config: ModelConfig, segments: readonly Segment[], length: number): ChunkBuffers {
  const { hiddenSize, headDim, numHeads } = config;
  const rows = (width: number) => float32Tensor([1, length, width]);
  const queryLayers = segments.flatMap((segment) => segment.queryLayers);
  return {
    hidden: rows(hiddenSize),
    cos: float32Tensor([length, headDim / 2]),
    sin: float32Tensor([length, headDim / 2]),
    cuts: segments.slice(1).map(() => ({ attention: rows(numHeads * headDim), residual: rows(hiddenSize) })),
    queries: new Map(queryLayers.map((layer) => [layer, rows(numHeads * headDim)])),
  };
}

/** The first `length` rows of larger buffers, as tensors of their own over the same memory. */
export function firstRows(buffers: ChunkBuffers, length: number): ChunkBuffers {
  const cut = ({ type, dims, values }: Float32Tensor): Float32Tensor => {
    const width = dims[dims.length - 1];
    return { type, dims: [...dims.slice(0, -2), length, width], values: values.subarray(0, length * width) };
  };
  return {
    hidden: cut(buffers.hidden),
    cos: cut(buffers.cos),
    sin: cut(buffers.sin),
    cuts: buffers.cuts.map(({ attention, residual }) => ({ attention: cut(attention), residual: cut(residual) })),
    queries: new Map([...buffers.queries].map(([layer, tensor]) => [layer, cut(tensor)])),
  };
}
