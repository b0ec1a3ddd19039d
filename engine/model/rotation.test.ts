import { expect, test } from 'vitest';
import { rotate, rotationLength, rotationMatrix } from './rotation.js';

const random = (length: number) => Float32Array.from({ length }, (_, at) => Math.sin(at * at + 1));
const dot = (one: Float32Array, other: Float32Array) => one.reduce((sum, value, at) => sum + value * other[at], 0);

test.each([32, 64])('over %i elements, products stay as they are, and twice is not at all', (length) => {
  const [one, other] = [random(3 * length), random(3 * length).reverse()];
  const product = dot(one, other);
  const rotated = one.slice();
  rotate(rotated, length);
  rotate(other, length);
  expect(dot(rotated, other)).toBeCloseTo(product, 4);
  rotate(rotated, length);
  rotated.forEach((value, at) => {
    expect(value).toBeCloseTo(one[at], 5);
  });
});

test('a single large element is spread over its run, and no further', () => {
  const values = new Float32Array(128);
  values[70] = 8;
  rotate(values, 64);
  expect([...values.subarray(0, 64)].every((value) => value === 0)).toBe(true);
  expect([...values.subarray(64)].every((value) => Math.abs(Math.abs(value) - 1) < 1e-6)).toBe(true);
});

test('is a multiplication by its matrix', () => {
  const matrix = rotationMatrix(32);
  const values = random(32);
  const expected = Array.from({ length: 32 }, (_, row) => dot(values, matrix.subarray(row * 32, (row + 1) * 32)));
  rotate(values, 32);
  values.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at], 5);
  });
});

test('rows of any blocks can be rotated', () => {
  expect([576, 1536, 96, 32].map(rotationLength)).toEqual([64, 64, 32, 32]);
});
