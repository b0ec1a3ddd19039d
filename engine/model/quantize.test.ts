import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeTensor } from '../testing/tensor-encoding.js';
import { dequantize } from './dequantize.js';
import { blockBytes, quantize8, quantizeRows, repack } from './quantize.js';

const floatBlocks = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }), {
    minLength: 1,
    maxLength: 96,
  })
  .map((values) => Float32Array.from({ length: Math.ceil(values.length / 32) * 32 }, (_, at) => values[at] ?? 0));

/** value = scale · (quant − 2^(bits−1)), the lower nibble first. */
function expand(bits: 4 | 8, quants: Uint8ClampedArray, scales: Float32Array): Float32Array {
  return Float32Array.from({ length: scales.length * 32 }, (_, at) => {
    const byte = quants[Math.floor((at * bits) / 8)];
    const quant = bits === 8 ? byte : at % 2 === 0 ? byte & 15 : byte >> 4;
    return scales[Math.floor(at / 32)] * (quant - 2 ** (bits - 1));
  });
}

function storage(bits: 4 | 8, elements: number) {
  const scales = new Float32Array(elements / 32);
  return { scales, quants: new Uint8ClampedArray(scales.length * blockBytes(bits)) };
}

test('quantize8 is never off by more than half a step of its block', () => {
  fc.assert(
    fc.property(floatBlocks, (values) => {
      const { quants, scales } = storage(8, values.length);
      quantize8(values, quants, scales);
      expand(8, quants, scales).forEach((value, at) => {
        const scale = scales[Math.floor(at / 32)];
        // The scale itself is rounded to float32; so is the smallest of all.
        const allowed = scale * 0.5001 + 2 ** -149 * 128;
        expect(Math.abs(value - values[at])).toBeLessThanOrEqual(allowed);
      });
    }),
  );
});

test('quantize8 keeps zero and the largest magnitude of a block', () => {
  const values = Float32Array.from({ length: 64 }, (_, at) => (at < 32 ? 0 : (at - 40) / 7));
  const { quants, scales } = storage(8, 64);
  quantize8(values, quants, scales);
  expect(scales[0]).toBe(0);
  expect([...quants.subarray(0, 32)].every((quant) => quant === 128)).toBe(true);
  expect(quants[63]).toBe(255);
  expect(quants[40]).toBe(128);
});

test.each([
  ['Q4_0', 4],
  ['Q8_0', 8],
] as const)('%s stored in %i bits has the values of the file', (type, bits) => {
  fc.assert(
    fc.property(floatBlocks, (values) => {
      const bounded = values.map((value) => Math.max(-6e4, Math.min(6e4, value)));
      const bytes = encodeTensor(type, bounded);
      const expected = new Float32Array(bounded.length);
      dequantize(type, bytes, expected);
      const { quants, scales } = storage(bits, bounded.length);
      repack(type, bytes, quants, scales);
      // Adding zero makes −0, which one way gives and the other does not, the same.
      expect(expand(bits, quants, scales).map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
    }),
  );
});

test('Q8_0 keeps the quant -128, which other writers may use', () => {
  const bytes = encodeTensor(
    'Q8_0',
    Float32Array.from({ length: 32 }, () => 1),
  );
  bytes[2] = 0x80;
  const { quants, scales } = storage(8, 32);
  repack('Q8_0', bytes, quants, scales);
  expect(quants[0]).toBe(0);
});

test('quantizeRows turns rows into columns, each within half a step of its own scale', () => {
  const [rows, columns] = [3, 32];
  const values = Float32Array.from(
    { length: rows * columns },
    (_, at) => Math.sin(at) * 10 ** Math.floor(at / columns),
  );
  values.fill(0, columns, 2 * columns);
  const quants = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  quantizeRows(values.subarray(0, columns), 0, quants, scales);
  quantizeRows(values.subarray(columns), 1, quants, scales);
  values.forEach((value, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    expect(Math.abs(scales[row] * quants[column * rows + row] - value)).toBeLessThanOrEqual(scales[row] * 0.5001);
  });
  expect(scales[1]).toBe(0);
  expect(scales[2]).toBeGreaterThan(scales[0] * 50);
});
