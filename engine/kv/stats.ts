import type { ChatCompression, KvStats } from '../types.js';
import type { KvCache } from './kv-cache.js';

const FP16_BYTES = 2;

export interface CacheText {
  /** Tokens read, being read or written in this chat. */
  tokensSeen: number;
  /** Those of them that the running or last answer wrote. */
  generatedTokens: number;
  compression: ChatCompression;
  budgetBytes: number | null;
}

/** What the cache holds now. */
export function kvStats(cache: KvCache, text: CacheText): KvStats {
  const { tokensSeen, generatedTokens } = text;
  const { numLayers, numKvHeads, headDim } = cache.shape;
  const layers = Array.from({ length: numLayers }, (_, layer) => {
    const [tokens, capacity] = [cache.length(layer), cache.capacity(layer)];
    return {
      tokens,
      generatedTokens: cache.countFrom(layer, tokensSeen - generatedTokens),
      bytes: tokens > 0 ? tokens * cache.bytesPerToken + cache.scaleBytes : 0,
      bytesAllocated: capacity > 0 ? capacity * cache.bytesPerToken + cache.scaleBytes : 0,
    };
  });
  const cachedTokens = layers.reduce((sum, layer) => sum + layer.tokens, 0);
  return {
    ...text,
    contextLength: cache.contextLength,
    bytesInUse: layers.reduce((sum, layer) => sum + layer.bytes, 0),
    bytesAllocated: layers.reduce((sum, layer) => sum + layer.bytesAllocated, 0),
    fullFp16Bytes: numLayers * tokensSeen * 2 * numKvHeads * headDim * FP16_BYTES,
    keptFraction: tokensSeen === 0 ? 1 : cachedTokens / (numLayers * tokensSeen),
    dtype: cache.kvType,
    layers,
  };
}
