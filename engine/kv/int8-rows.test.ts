import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../runtime/ort/session.js';
import { Int8Rows } from './int8-rows.js';

const shape = { numKvHeads: 1, headDim: 2 };
const every = (length: number) => [Int32Array.from({ length }, (_, row) => row)];

function floatRows(rows: readonly (readonly number[])[]) {
  const tensor = float32Tensor([1, 1, rows.length, 2]);
  tensor.values.set(rows.flat());
  return { tensor, capacity: rows.length };
}

/** Rows as a prompt of its own would store them. */
function stored(rows: readonly (readonly number[])[], capacity = rows.length + 8): Int8Rows {
  return new Int8Rows(shape, 0).gather(every(rows.length), 0, floatRows(rows), capacity);
}

/** As floats, in the order of rows. */
function read(store: Int8Rows, length: number): number[] {
  const target = floatRows(new Array<number[]>(length).fill([0, 0]));
  store.copyTo(target, length);
  return [...target.tensor.values];
}

/** Writes a row behind `from` as ONNX Runtime does, and corrects it. */
function write(store: Int8Rows, from: number, row: readonly number[]): void {
  row.forEach((value, d) => {
    const integer = Math.round(value / store.scales.values[d]);
    store.tensor.values[from * 2 + d] = Math.max(-127, Math.min(127, integer));
  });
  store.correct(from, Float32Array.from(row));
}

const many = (size: number) => Array.from({ length: 32 }, (_, i) => [size * Math.cos(i), size * Math.sin(1.3 * i)]);

describe('Int8Rows', () => {
  it('is off by half a step of its channel at most, a step being a 127th of the largest, with some room for more', () => {
    const magnitude = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const rows = fc.array(fc.tuple(magnitude, magnitude), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, (given) => {
        const store = stored(given);
        const found = read(store, given.length);
        for (const d of [0, 1]) {
          const largest = Math.max(...given.map((row) => Math.abs(row[d])));
          const scale = store.scales.values[d];
          // Of few rows nobody knows how large the next ones are: up to twice the range.
          expect(scale).toBeLessThanOrEqual(Math.max(1.1e-8, (2.0001 * largest) / 127));
          given.forEach((row, i) => {
            expect(Math.abs(found[2 * i + d] - row[d])).toBeLessThanOrEqual(scale * 0.5001);
          });
        }
      }),
    );
  });

  it('cuts what exceeds a channel a little, and leaves the others as they are', () => {
    const store = stored(many(1));
    const before = read(store, 32);
    const range = 127 * store.scales.values[0];
    write(store, 32, [range * 1.2, 0.5]);
    const after = read(store, 33);
    expect(after.slice(0, 64)).toEqual(before);
    expect(after[64]).toBeCloseTo(range, 5);
    expect(after[65]).toBeCloseTo(0.5, 1);
  });

  it('makes room in the channel for what exceeds it by far, and keeps what was there', () => {
    const store = stored(many(1));
    const before = read(store, 32);
    const untouched = store.scales.values[1];
    write(store, 32, [-40, 0.5]);
    const after = read(store, 33);
    expect(after[64]).toBeCloseTo(-40, 4);
    expect(store.scales.values[1]).toBe(untouched);
    before.forEach((value, at) => {
      if (at % 2 === 1) expect(after[at]).toBe(value);
      else expect(Math.abs(after[at] - value)).toBeLessThanOrEqual((40 / 127) * 0.5001);
    });
  });

  it('does not round earlier rows again when a later turn fits their scales', () => {
    const store = stored(many(1));
    const bits = store.tensor.values.slice(0, 64);
    // What the working rows hold of history is not what is kept: those were rounded once.
    const working = floatRows([...new Array<number[]>(32).fill([0.3, 0.3]), ...many(0.9)]);
    const next = store.gather(every(64), 32, working, 72);
    expect([...next.scales.values]).toEqual([...store.scales.values]);
    expect(next.tensor.values.slice(0, 64)).toEqual(bits);
    const some = store.gather([Int32Array.of(1, 5, 40)], 32, working, 8);
    expect([...some.tensor.values.slice(0, 4)]).toEqual([...bits.slice(2, 4), ...bits.slice(10, 12)]);
  });

  it('rounds earlier rows to larger scales when a later turn has larger ones', () => {
    const store = stored(many(1));
    const before = read(store, 32);
    const next = store.gather(every(64), 32, floatRows([...many(1), ...many(50)]), 72);
    const after = read(next, 64);
    before.forEach((value, at) => {
      expect(Math.abs(after[at] - value)).toBeLessThanOrEqual(next.scales.values[at % 2] * 0.5001);
    });
    many(50)
      .flat()
      .forEach((value, at) => {
        expect(Math.abs(after[64 + at] - value)).toBeLessThanOrEqual(next.scales.values[at % 2] * 0.5001);
      });
  });

  it('restores marked rows to the bit through any growth, also after its memory was made anew', () => {
    const writes = fc.array(fc.tuple(fc.double({ min: 0.1, max: 1e4, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(writes, (given) => {
        let store = stored(many(1), 64);
        const before = { bits: store.tensor.values.slice(0, 64), scales: [...store.scales.values] };
        store.mark(32);
        given.forEach(([size, resize], i) => {
          write(store, 32 + i, [size, -size / 2]);
          if (resize) store = store.resized(33 + i, 64 + i);
        });
        store.restore();
        expect(store.tensor.values.slice(0, 64)).toEqual(before.bits);
        expect([...store.scales.values]).toEqual(before.scales);
      }),
    );
  });
});
