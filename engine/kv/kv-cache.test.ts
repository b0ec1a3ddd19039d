import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendTo,
  contentIn,
  type ExpectedLayer,
  type ExpectedRow,
  expectedRow,
  replaceIn,
} from '../testing/cache-model.js';
import type { KvType } from '../types.js';
import { KvCache } from './kv-cache.js';

const shape = { numLayers: 2, numKvHeads: 2, headDim: 4 };
const CONTEXT = 4096;

type Step =
  | { kind: 'replace'; add: number; keep: number }
  | { kind: 'append'; add: number }
  | { kind: 'retain'; keep: number }
  | { kind: 'truncate'; share: number }
  | { kind: 'trim' };

const count = fc.integer({ min: 1, max: 90 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('replace' as const), add: count, keep: share }),
  fc.record({ kind: fc.constant('append' as const), add: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('retain' as const), keep: share }),
  fc.record({ kind: fc.constant('truncate' as const), share }),
  fc.record({ kind: fc.constant('trim' as const) }),
);
const sequence = fc.array(step, { minLength: 1, maxLength: 12 });

/** About so large a share of the rows, others in each head but equally many. */
function someRows(length: number, keep: number, layer: number): Int32Array[] {
  const kept = Math.max(1, Math.floor(length * keep));
  return Array.from({ length: shape.numKvHeads }, (_, head) => {
    const order = Array.from({ length }, (_, row) => row).sort((a, b) => lot(a, head + layer) - lot(b, head + layer));
    return Int32Array.from(order.slice(0, kept)).sort();
  });
}

const lot = (row: number, head: number) => (row * 2654435761 + head * 40503) % 104729;

/** Does the same to a cache and to lists of rows. */
class Mirrored {
  held: ExpectedLayer[] = Array.from({ length: shape.numLayers }, () => [[], []]);
  private next = 0;

  constructor(readonly cache: KvCache) {}

  take(one: Step): void {
    const { cache } = this;
    switch (one.kind) {
      case 'replace':
        this.forLayers((layer) => {
          const length = this.held[layer][0].length + one.add;
          return replaceIn(cache, layer, this.held[layer], this.fresh(one.add), someRows(length, one.keep, layer));
        });
        this.next += one.add;
        return;
      case 'append':
        cache.reserve(one.add);
        for (let i = 0; i < one.add; i++) {
          this.forLayers((layer) => {
            const added = appendTo(cache, layer, this.fresh(1));
            return this.held[layer].map((rows, head) => [...rows, ...added[head]]);
          });
          this.next++;
        }
        return;
      case 'retain':
        this.forLayers((layer) => {
          if (this.held[layer][0].length === 0) return this.held[layer];
          const kept = someRows(this.held[layer][0].length, one.keep, layer);
          cache.retain(layer, kept);
          return this.held[layer].map((rows, head) => [...kept[head]].map((row) => rows[row]));
        });
        return;
      case 'truncate': {
        const place = Math.floor(this.next * one.share);
        if (!cache.canTruncate(place)) return;
        cache.truncate(place);
        this.forLayers((layer) => this.held[layer].map((rows) => rows.filter(({ position }) => position < place)));
        this.next = place;
        return;
      }
      case 'trim':
        cache.trim();
    }
  }

  private fresh(add: number): ExpectedLayer {
    return Array.from({ length: shape.numKvHeads }, (_, head) =>
      Array.from({ length: add }, (_, i) => expectedRow(head, this.next + i, shape.headDim)),
    );
  }

  private forLayers(change: (layer: number) => ExpectedLayer): void {
    this.held = this.held.map((_, layer) => change(layer));
  }
}

function expectSame(found: ExpectedRow[], wanted: ExpectedRow[], tolerance: number): void {
  expect(found.map(({ position }) => position)).toEqual(wanted.map(({ position }) => position));
  found.forEach(({ key, value }, row) => {
    for (const [part, given] of [
      [key, wanted[row].key],
      [value, wanted[row].value],
    ] as const) {
      const worst = part.reduce((most, one, d) => Math.max(most, Math.abs(one - given[d])), 0);
      expect(worst).toBeLessThanOrEqual(tolerance);
    }
  });
}

describe.each<[KvType, number]>([
  ['float32', 0],
  // Rounded to 1/127 of the largest at first; a first few rows get twice the range, and some is rounded a second time.
  ['int8', 2.5 / 127],
])('a cache in %s', (kvType, tolerance) => {
  const made = () => new Mirrored(new KvCache(shape, CONTEXT, kvType));

  it('keeps what every row holds and its place in the text, whatever is done', () => {
    fc.assert(
      fc.property(sequence, (steps) => {
        const mirrored = made();
        for (const one of steps) mirrored.take(one);
        mirrored.held.forEach((heads, layer) => {
          const found = contentIn(mirrored.cache, layer);
          heads.forEach((rows, head) => {
            expectSame(found[head], rows, tolerance);
          });
        });
      }),
      { numRuns: 100 },
    );
  });

  it('has room for what it holds and little more', () => {
    fc.assert(
      fc.property(sequence, (steps) => {
        const mirrored = made();
        const { cache } = mirrored;
        for (const one of steps) {
          mirrored.take(one);
          for (let layer = 0; layer < shape.numLayers; layer++) {
            expect(cache.capacity(layer)).toBeGreaterThanOrEqual(cache.length(layer));
          }
        }
        cache.trim();
        for (let layer = 0; layer < shape.numLayers; layer++) {
          expect(cache.capacity(layer)).toBeLessThanOrEqual(
            Math.max(cache.length(layer) + 32, cache.length(layer) * 1.0625),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('says when buffers were replaced, and only then', () => {
    const { cache } = made();
    cache.reserve(10);
    const { revision } = cache;
    const keys = cache.keys(0);
    cache.reserve(cache.capacity(0));
    expect([cache.revision, cache.keys(0)]).toEqual([revision, keys]);
    cache.reserve(cache.capacity(0) + 1);
    expect(cache.revision).toBeGreaterThan(revision);
    expect(cache.keys(0)).not.toBe(keys);
  });

  it('gives its memory back when cleared', () => {
    const mirrored = made();
    mirrored.take({ kind: 'append', add: 10 });
    mirrored.cache.clear();
    expect([mirrored.cache.length(1), mirrored.cache.capacity(1)]).toEqual([0, 0]);
  });

  it('allocates no more than the context', () => {
    const cache = new KvCache(shape, 300, kvType);
    cache.reserve(290);
    expect(cache.capacity(0)).toBe(300);
  });

  it('refuses what memory cannot hold and stays as it was', () => {
    const cache = new KvCache({ numLayers: 1, numKvHeads: 1024, headDim: 1024 }, 2 ** 40, kvType);
    expect(() => cache.reserve(2 ** 32)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
    expect(cache.capacity(0)).toBe(0);
  });

  it('cannot be truncated where heads hold unequally many rows', () => {
    const mirrored = made();
    mirrored.take({ kind: 'append', add: 6 });
    mirrored.cache.retain(0, [Int32Array.of(0, 1, 5), Int32Array.of(0, 4, 5)]);
    expect([1, 2, 5, 6].map((place) => mirrored.cache.canTruncate(place))).toEqual([true, false, true, true]);
  });

  it('takes back what was appended since it was marked, to the bit', () => {
    const mirrored = made();
    mirrored.take({ kind: 'replace', add: 40, keep: 1 });
    const before = [0, 1].map((layer) => contentIn(mirrored.cache, layer));
    mirrored.cache.mark();
    // Larger than what was there: in int8 all rows are rounded anew, twice over.
    for (const size of [3, 30]) {
      const position = 40 + size;
      const row = (head: number) => [expectedRow(head, position, shape.headDim, size)];
      mirrored.cache.reserve(1);
      for (const layer of [0, 1]) appendTo(mirrored.cache, layer, [row(0), row(1)]);
    }
    mirrored.cache.truncate(40);
    mirrored.cache.restore();
    expect([0, 1].map((layer) => contentIn(mirrored.cache, layer))).toEqual(before);
  });
});
