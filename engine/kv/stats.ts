import type { ChatCompression, KvLayerStats, KvParts, KvStats } from '../types.js';
import { fullFp16Bytes } from './compression.js';
import type { KvCache } from './kv-cache.js';
import type { Policy, TextExtent } from './policy.js';
import type { TokenSpan } from './token-span.js';

/** What of a layer's cache was kept by rule when the last prompt was read. */
export interface LayerRules {
  /** Tokens before this place are sinks. */
  sinkLength: number;
  /** Tokens of the prompt from this place on are its recent window. */
  windowStart: number;
  lostAttention: number | null;
}

/** A text too short to be thinned has neither sinks nor a window: nothing in it needs a rule to stay. */
export function rulesOf(policy: Policy, layer: number, prompt: TextExtent, lostAttention: number | null): LayerRules {
  const selection = policy.evict(layer, prompt) ?? policy.thin(layer, prompt);
  const { sinkLength, windowStart } = selection ?? { sinkLength: 0, windowStart: prompt.tokensSeen };
  return { sinkLength, windowStart, lostAttention };
}

export interface CacheText {
  /** Tokens read, being read or written in this chat. */
  tokensSeen: number;
  /** Those of them that the running or last answer wrote. */
  generatedTokens: number;
  compression: ChatCompression;
  budgetBytes: number | null;
  /** As of `KvStats`. */
  drops: number;
  reading: boolean;
}

/**
 * What the cache holds now.
 * @param pinned apart from each other, ascending
 * @param rules by layer
 */
export function kvStats(
  cache: KvCache,
  text: CacheText,
  pinned: readonly TokenSpan[],
  rules: (layer: number) => LayerRules,
): KvStats {
  const { tokensSeen, generatedTokens } = text;
  const { numLayers } = cache.shape;
  const layers = Array.from({ length: numLayers }, (_, layer): KvLayerStats => {
    const [tokens, capacity] = [cache.length(layer), cache.capacity(layer)];
    const layerRules = rules(layer);
    const ends = cache.positionsByHead(layer).map((places) => [places[0], places[places.length - 1]]);
    return {
      tokens,
      parts: partsOf(cache, layer, tokensSeen - generatedTokens, pinned, layerRules),
      lostAttention: layerRules.lostAttention,
      oldest: tokens > 0 ? Math.min(...ends.map(([first]) => first)) : null,
      newest: tokens > 0 ? Math.max(...ends.map(([, last]) => last)) : null,
      bytes: cache.layerBytes(layer),
      bytesAllocated: capacity > 0 ? capacity * cache.bytesPerToken + cache.scaleBytes : 0,
    };
  });
  const cachedTokens = layers.reduce((sum, layer) => sum + layer.tokens, 0);
  return {
    ...text,
    contextLength: cache.contextLength,
    bytesInUse: cache.bytesInUse,
    bytesAllocated: layers.reduce((sum, layer) => sum + layer.bytesAllocated, 0),
    fullFp16Bytes: fullFp16Bytes(cache.shape, tokensSeen),
    keptFraction: tokensSeen === 0 ? 1 : cachedTokens / (numLayers * tokensSeen),
    dtype: cache.kvType,
    layers,
  };
}

function partsOf(
  cache: KvCache,
  layer: number,
  promptEnd: number,
  pinned: readonly TokenSpan[],
  { sinkLength, windowStart }: LayerRules,
): KvParts {
  const within = (from: number, to: number) =>
    from < to ? cache.countBefore(layer, to) - cache.countBefore(layer, from) : 0;
  const pinnedWithin = (from: number, to: number) =>
    pinned.reduce((sum, span) => sum + within(Math.max(from, span.from), Math.min(to, span.to)), 0);
  const sinkEnd = Math.min(sinkLength, promptEnd);
  const recentStart = Math.min(Math.max(windowStart, sinkEnd), promptEnd);
  return {
    sinks: within(0, sinkEnd),
    pinned: pinnedWithin(sinkEnd, promptEnd),
    generated: cache.length(layer) - cache.countBefore(layer, promptEnd),
    recent: within(recentStart, promptEnd) - pinnedWithin(recentStart, promptEnd),
    context: within(sinkEnd, recentStart) - pinnedWithin(sinkEnd, recentStart),
  };
}
