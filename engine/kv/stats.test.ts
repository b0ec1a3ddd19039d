import { describe, expect, it } from 'vitest';
import { KvCache } from './kv-cache.js';
import { kvStats } from './stats.js';

const shape = { numLayers: 2, numKvHeads: 3, headDim: 8 };
const ELEMENTS = 2 * shape.numKvHeads * shape.headDim;
const NO_RULES = () => ({ sinkLength: 0, windowStart: 60, lostAttention: null });
const text = {
  tokensSeen: 100,
  generatedTokens: 40,
  compression: { preset: 'compact' } as const,
  budgetBytes: 5000,
  drops: 2,
  reading: false,
};

/** Of 100 tokens, layer 0 holds all and layer 1 the first 20. */
function filled(kvType: 'float32' | 'int8'): KvCache {
  const cache = new KvCache(shape, 4096, kvType);
  const places = Int32Array.from({ length: 100 }, (_, i) => i);
  cache.reserve(100);
  for (const layer of [0, 1]) cache.append(layer, places);
  cache.retain(1, new Array<Int32Array>(3).fill(places.slice(0, 20)));
  cache.trim();
  return cache;
}

describe('kvStats', () => {
  it('counts tokens, bytes in use, bytes allocated and the full fp16 cache', () => {
    const cache = filled('float32');
    const stats = kvStats(cache, text, [], NO_RULES);
    expect(stats.layers.map(({ tokens }) => tokens)).toEqual([100, 20]);
    // The answer's 40 are the last ones, of which layer 1 has none.
    expect(stats.layers.map(({ parts }) => parts.generated)).toEqual([40, 0]);
    expect(stats.layers.map(({ bytes }) => bytes)).toEqual([100 * ELEMENTS * 4, 20 * ELEMENTS * 4]);
    expect(stats.layers[1].bytesAllocated).toBe(cache.capacity(1) * ELEMENTS * 4);
    expect(stats.bytesInUse).toBe(120 * ELEMENTS * 4);
    expect(stats.bytesAllocated).toBe((cache.capacity(0) + cache.capacity(1)) * ELEMENTS * 4);
    expect(stats.fullFp16Bytes).toBe(2 * 100 * ELEMENTS * 2);
    expect(stats).toMatchObject({ ...text, keptFraction: 0.6, contextLength: 4096, dtype: 'float32' });
  });

  it('counts each token once, as the first rule says that keeps it', () => {
    const cache = filled('int8');
    const rules = (layer: number) => ({ sinkLength: 4, windowStart: 50, lostAttention: layer === 0 ? null : 0.25 });
    // Of the 40 that the answer wrote none is pinned; of the pins, two are sinks and ten are recent.
    const { layers } = kvStats(
      cache,
      text,
      [
        { from: 2, to: 7 },
        { from: 50, to: 70 },
      ],
      rules,
    );
    expect(layers[0].parts).toEqual({ sinks: 4, pinned: 13, context: 43, recent: 0, generated: 40 });
    expect(layers[1].parts).toEqual({ sinks: 4, pinned: 3, context: 13, recent: 0, generated: 0 });
    expect(layers.map(({ oldest, newest }) => [oldest, newest])).toEqual([
      [0, 99],
      [0, 19],
    ]);
    expect(layers.map(({ lostAttention }) => lostAttention)).toEqual([null, 0.25]);
    const without = kvStats(cache, text, [], rules).layers[0].parts;
    expect(without).toEqual({ sinks: 4, pinned: 0, context: 46, recent: 10, generated: 40 });
  });

  it('counts the scales of int8 among the bytes', () => {
    const stats = kvStats(filled('int8'), text, [], NO_RULES);
    expect(stats.layers.map(({ bytes }) => bytes)).toEqual([
      100 * ELEMENTS + ELEMENTS * 4,
      20 * ELEMENTS + ELEMENTS * 4,
    ]);
    expect(stats.fullFp16Bytes).toBe(2 * 100 * ELEMENTS * 2);
    expect(stats.dtype).toBe('int8');
  });

  it('allocates no more than 1.15 times what is in use and 4 MB, in a cache as large as the default model’s', () => {
    for (const kvType of ['int8', 'float32'] as const) {
      for (const tokens of [1, 300, 1500]) {
        const cache = new KvCache({ numLayers: 30, numKvHeads: 3, headDim: 64 }, 8192, kvType);
        cache.reserve(tokens);
        for (let layer = 0; layer < 30; layer++)
          cache.append(
            layer,
            Int32Array.from({ length: tokens }, (_, i) => i),
          );
        const stats = kvStats(cache, { ...text, tokensSeen: tokens }, [], NO_RULES);
        expect(stats.bytesAllocated).toBeLessThanOrEqual(1.15 * stats.bytesInUse + 4e6);
      }
    }
  });

  it('of an empty cache is nothing, kept whole', () => {
    const stats = kvStats(new KvCache(shape, 4096, 'int8'), { ...text, tokensSeen: 0 }, [], NO_RULES);
    expect(stats).toMatchObject({ bytesInUse: 0, bytesAllocated: 0, fullFp16Bytes: 0, keptFraction: 1 });
  });
});
