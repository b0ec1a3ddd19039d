import { describe, expect, it } from 'vitest';
import { KvCache } from './kv-cache.js';
import { kvStats } from './stats.js';

const shape = { numLayers: 2, numKvHeads: 3, headDim: 8 };
const ELEMENTS = 2 * shape.numKvHeads * shape.headDim;
const text = { tokensSeen: 100, generatedTokens: 40, compression: { preset: 'compact' } as const, budgetBytes: 5000 };

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
    const stats = kvStats(cache, text);
    expect(stats.layers.map(({ tokens }) => tokens)).toEqual([100, 20]);
    // The answer's 40 are the last ones, of which layer 1 has none.
    expect(stats.layers.map(({ generatedTokens }) => generatedTokens)).toEqual([40, 0]);
    expect(stats.layers.map(({ bytes }) => bytes)).toEqual([100 * ELEMENTS * 4, 20 * ELEMENTS * 4]);
    expect(stats.layers[1].bytesAllocated).toBe(cache.capacity(1) * ELEMENTS * 4);
    expect(stats.bytesInUse).toBe(120 * ELEMENTS * 4);
    expect(stats.bytesAllocated).toBe((cache.capacity(0) + cache.capacity(1)) * ELEMENTS * 4);
    expect(stats.fullFp16Bytes).toBe(2 * 100 * ELEMENTS * 2);
    expect(stats).toMatchObject({ ...text, keptFraction: 0.6, contextLength: 4096, dtype: 'float32' });
  });

  it('counts the scales of int8 among the bytes', () => {
    const stats = kvStats(filled('int8'), text);
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
        const stats = kvStats(cache, { ...text, tokensSeen: tokens });
        expect(stats.bytesAllocated).toBeLessThanOrEqual(1.15 * stats.bytesInUse + 4e6);
      }
    }
  });

  it('of an empty cache is nothing, kept whole', () => {
    const stats = kvStats(new KvCache(shape, 4096, 'int8'), { ...text, tokensSeen: 0 });
    expect(stats).toMatchObject({ bytesInUse: 0, bytesAllocated: 0, fullFp16Bytes: 0, keptFraction: 1 });
  });
});
