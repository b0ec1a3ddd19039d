import type { KvStats } from '../types.js';
import type { KvCache } from './kv-cache.js';

const FP16_BYTES = 2;

/** What the cache holds now. `tokensSeen`: tokens read or written in this chat; `generatedTokens`: those of the answer. */
export function kvStats(cache: KvCache, tokensSeen: number, generatedTokens: number): KvStats {
  const { numLayers, numKvHeads, headDim } = cache.shape;
  const layers = Array.from({ length: numLayers }, (_, layer) => ({
    tokens: cache.length(layer),
    bytes: cache.length(layer) * cache.bytesPerToken,
    bytesAllocated: cache.capacity(layer) * cache.bytesPerToken,
  }));
  const cachedTokens = layers.reduce((sum, layer) => sum + layer.tokens, 0);
  return {
    tokensSeen,
    contextLength: cache.contextLength,
    bytesInUse: layers.reduce((sum, layer) => sum + layer.bytes, 0),
    bytesAllocated: layers.reduce((sum, layer) => sum + layer.bytesAllocated, 0),
    fullFp16Bytes: numLayers * tokensSeen * 2 * numKvHeads * headDim * FP16_BYTES,
    keptFraction: tokensSeen === 0 ? 1 : cachedTokens / (numLayers * tokensSeen),
    dtype: 'float32',
    generatedTokens,
    layers,
  };
}
