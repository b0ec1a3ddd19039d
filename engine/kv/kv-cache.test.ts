import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KvCache } from './kv-cache.js';
import { kvStats } from './stats.js';

const shape = { numLayers: 2, numKvHeads: 3, headDim: 8 };

/** Fills the rows behind the length as a run would, with numbers that tell head, row and element. */
function write(cache: KvCache, tokens: number): void {
  for (let layer = 0; layer < shape.numLayers; layer++) {
    for (const tensor of [cache.keys(layer), cache.values(layer)]) {
      for (let head = 0; head < shape.numKvHeads; head++) {
        for (let row = cache.length(layer); row < cache.length(layer) + tokens; row++) {
          const at = (head * cache.capacity(layer) + row) * shape.headDim;
          (tensor.values as Float32Array).fill(head * 1000 + row, at, at + shape.headDim);
        }
      }
    }
  }
  for (let layer = 0; layer < shape.numLayers; layer++) {
    const start = cache.length(layer);
    cache.append(
      layer,
      Int32Array.from({ length: tokens }, (_, i) => start + i),
    );
  }
}

function expectRows(cache: KvCache, length: number): void {
  for (let layer = 0; layer < shape.numLayers; layer++) {
    expect(cache.length(layer)).toBe(length);
    for (const tensor of [cache.keys(layer), cache.values(layer)]) {
      for (let head = 0; head < shape.numKvHeads; head++) {
        for (let row = 0; row < length; row++) {
          expect(tensor.values[(head * cache.capacity(layer) + row) * shape.headDim + 7]).toBe(head * 1000 + row);
        }
      }
    }
  }
}

describe('KvCache', () => {
  it('keeps every row through any sequence of growing and truncating', () => {
    const steps = fc.array(fc.record({ keep: fc.nat(900), add: fc.integer({ min: 1, max: 400 }) }), { maxLength: 8 });
    fc.assert(
      fc.property(steps, (sequence) => {
        const cache = new KvCache(shape, 4096);
        let length = 0;
        for (const { keep, add } of sequence) {
          cache.truncate(keep);
          length = Math.min(length, keep);
          cache.reserve(add);
          write(cache, add);
          length += add;
        }
        expectRows(cache, length);
      }),
      { numRuns: 20 },
    );
  });

  it('says when buffers were replaced, and only then', () => {
    const cache = new KvCache(shape, 4096);
    expect(cache.reserve(10)).toBe(true);
    write(cache, 10);
    const keys = cache.keys(0);
    expect(cache.reserve(cache.capacity(0) - 10)).toBe(false);
    expect(cache.keys(0)).toBe(keys);
    expect(cache.reserve(cache.capacity(0) - 9)).toBe(true);
    expect(cache.keys(0)).not.toBe(keys);
  });

  it('allocates no more than the context', () => {
    const cache = new KvCache(shape, 300);
    cache.reserve(290);
    expect(cache.capacity(0)).toBe(300);
  });

  it('gives its memory back when cleared', () => {
    const cache = new KvCache(shape, 4096);
    cache.reserve(10);
    write(cache, 10);
    cache.clear();
    expect(kvStats(cache, 0, 0)).toMatchObject({ bytesAllocated: 0, bytesInUse: 0, keptFraction: 1 });
  });

  it('refuses what memory cannot hold and stays as it was', () => {
    const cache = new KvCache({ numLayers: 1, numKvHeads: 1024, headDim: 1024 }, 2 ** 40);
    expect(() => cache.reserve(2 ** 32)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
    expect(cache.capacity(0)).toBe(0);
  });
});

describe('kvStats', () => {
  it('counts bytes in use, bytes allocated and the full fp16 cache', () => {
    const cache = new KvCache(shape, 4096);
    cache.reserve(100);
    write(cache, 100);
    const stats = kvStats(cache, 100, 40);
    const elements = 2 * shape.numLayers * shape.numKvHeads * shape.headDim;
    expect(stats.bytesInUse).toBe(100 * elements * 4);
    expect(stats.fullFp16Bytes).toBe(100 * elements * 2);
    expect(stats.bytesAllocated).toBe(256 * elements * 4);
    expect(stats.layers).toHaveLength(2);
    expect(stats.layers[1]).toEqual({
      tokens: 100,
      bytes: (100 * elements * 4) / 2,
      bytesAllocated: (256 * elements * 4) / 2,
    });
    expect(stats).toMatchObject({ tokensSeen: 100, generatedTokens: 40, keptFraction: 1, contextLength: 4096 });
  });
});
