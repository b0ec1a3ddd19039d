import { expect, test } from 'vitest';
import { seededRandom } from '../sampling/random.js';
import { bootstrapInterval, median } from './bootstrap.js';

test('the interval of many samples is that of their mean: ± 1.96 standard errors', () => {
  const random = seededRandom(1);
  const samples = Array.from({ length: 400 }, () => random());
  const mean = samples.reduce((a, b) => a + b) / samples.length;
  const error = Math.sqrt(samples.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / samples.length;
  const [lower, upper] = bootstrapInterval(samples, seededRandom(2));
  expect(lower).toBeCloseTo(mean - 1.96 * error, 2);
  expect(upper).toBeCloseTo(mean + 1.96 * error, 2);
});

test('same random numbers, same interval; of one sample it is that sample', () => {
  const samples = [0.1, 0.5, 0.2, 0.9];
  expect(bootstrapInterval(samples, seededRandom(3))).toEqual(bootstrapInterval(samples, seededRandom(3)));
  expect(bootstrapInterval([0.25], seededRandom(3))).toEqual([0.25, 0.25]);
});

test('a statistic of the mean is applied to the ends', () => {
  const samples = [0.1, 0.5, 0.2, 0.9];
  const plain = bootstrapInterval(samples, seededRandom(3));
  expect(bootstrapInterval(samples, seededRandom(3), Math.expm1)).toEqual(plain.map(Math.expm1));
});

test('the median of an even number is between the two in the middle', () => {
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
