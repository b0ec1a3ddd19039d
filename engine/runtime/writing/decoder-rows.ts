import type { KvCache } from '../../kv/kv-cache.js';
import type { ModelConfig } from '../../model/model-config.js';
import type { KvType } from '../../types.js';
import {
  type AnyTensor,
  type BoundRun,
  type Float32Tensor,
  float32Tensor,
  type Int32Tensor,
  type Session,
} from '../ort/session.js';

/** What the whole model reads and writes for some rows. */
export interface DecoderRows {
  /** [1, rows, hiddenSize] */
  hidden: Float32Tensor;
  /** [rows, headDim / 2] */
  cos: Float32Tensor;
  sin: Float32Tensor;
  /** By layer, [1, rows, numHeads · headDim]. */
  queries: Float32Tensor[];
  /** By layer, with int8 K/V: [1, rows, numKvHeads · headDim]; empty otherwise. */
  keys: Float32Tensor[];
  values: Float32Tensor[];
}

export function decoderRows(config: ModelConfig, kvType: KvType, rows: number): DecoderRows {
  const { numLayers, hiddenSize, headDim, numHeads, numKvHeads } = config;
  const ofLayers = (width: number) => Array.from({ length: numLayers }, () => float32Tensor([1, rows, width]));
  const exact = kvType === 'int8' ? () => ofLayers(numKvHeads * headDim) : () => [];
  return {
    hidden: float32Tensor([1, rows, hiddenSize]),
    cos: float32Tensor([rows, headDim / 2]),
    sin: float32Tensor([rows, headDim / 2]),
    queries: ofLayers(numHeads * headDim),
    keys: exact(),
    values: exact(),
  };
}

/** A cache whose K/V a graph has under names with `suffix` behind them. */
export interface NamedCache {
  cache: KvCache;
  suffix: string;
}

/** Of a graph of all layers, with the caches' buffers as they are now. */
export function bindRows(
  session: Session,
  rows: DecoderRows,
  { lengths, logits }: { lengths: Int32Tensor; logits: Float32Tensor },
  caches: readonly NamedCache[],
): BoundRun {
  const { hidden, cos, sin, queries, keys, values } = rows;
  const inputs: Record<string, AnyTensor> = { hidden, cos, sin, lengths };
  const outputs: Record<string, AnyTensor> = { logits };
  for (let layer = 0; layer < queries.length; layer++) {
    outputs[`query.${layer}`] = queries[layer];
    if (keys.length > 0) {
      outputs[`key.${layer}`] = keys[layer];
      outputs[`value.${layer}`] = values[layer];
    }
    for (const { cache, suffix } of caches) {
      const of = `${layer}${suffix}`;
      inputs[`pastKey.${of}`] = outputs[`presentKey.${of}`] = cache.keys(layer);
      inputs[`pastValue.${of}`] = outputs[`presentValue.${of}`] = cache.values(layer);
      const scales = cache.scales(layer);
      if (!scales) continue;
      inputs[`keyScale.${of}`] = scales.keys;
      inputs[`valueScale.${of}`] = scales.values;
    }
  }
  return session.bind(inputs, outputs);
}

/** Writes what a graph is told of a cache's lengths, [2 · numLayers], for so many rows more. */
export function fillLengths(lengths: Int32Array, cache: KvCache, rows: number): void {
  const { numLayers } = cache.shape;
  for (let layer = 0; layer < numLayers; layer++) {
    const total = cache.length(layer) + rows;
    lengths[layer] = total - 1;
    lengths[numLayers + layer] = total;
  }
}
