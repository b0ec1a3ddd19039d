import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dequantize, halfToFloat } from './dequantize.js';
import { TENSOR_TYPES } from './tensor-info.js';

type Fixture = Record<string, { bytes: string; values: string }>;
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../testing/fixtures/dequantize.json', import.meta.url), 'utf8'),
);

test.each(TENSOR_TYPES)('%s equals the reference to the last bit', (type) => {
  const { bytes, values } = fixture[type];
  const expected = Buffer.from(values, 'base64');
  const actual = new Float32Array(expected.length / 4);
  dequantize(type, Buffer.from(bytes, 'base64'), actual);
  expect(Buffer.from(actual.buffer).equals(expected)).toBe(true);
});

test('float16 has its special values', () => {
  const half = halfToFloat();
  expect([half[0x3c00], half[0xc000], half[0x0001], half[0x7bff]]).toEqual([1, -2, 2 ** -24, 65504]);
  expect([half[0x7c00], half[0xfc00], half[0x7e00]]).toEqual([Infinity, -Infinity, NaN]);
  expect(Object.is(half[0x8000], -0)).toBe(true);
});
