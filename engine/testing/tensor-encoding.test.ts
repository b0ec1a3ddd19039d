import { expect, test } from 'vitest';
import { dequantize, halfToFloat } from '../model/dequantize.js';
import { encodeTensor, floatToHalf } from './tensor-encoding.js';

test('every float16 keeps its bits through a float', () => {
  const half = halfToFloat();
  const wrong: number[] = [];
  for (let bits = 0; bits < 65536; bits++) {
    if (!Number.isNaN(half[bits]) && floatToHalf(half[bits]) !== bits) wrong.push(bits);
  }
  expect(wrong).toEqual([]);
});

test('float16 rounds ties to even', () => {
  expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519.9, 65520].map(floatToHalf)).toEqual([0x3c00, 0x3c02, 0x7bff, 0x7c00]);
});

test.each([
  ['F32', 0],
  ['F16', 2 ** -11],
  ['BF16', 2 ** -8],
  ['Q8_0', 1 / 254 + 0.001],
  ['Q4_1', 1 / 15 + 0.001],
  ['Q4_0', 1 / 8 + 0.001],
] as const)('%s is off by at most %d of the largest value', (type, allowed) => {
  const values = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at * 1.7));
  const decoded = new Float32Array(64);
  dequantize(type, encodeTensor(type, values), decoded);
  const worst = Math.max(...decoded.map((value, at) => Math.abs(value - values[at])));
  expect(worst).toBeLessThanOrEqual(allowed);
});
