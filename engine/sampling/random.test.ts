import { expect, test } from 'vitest';
import { MAX_SEED, randomSeed, seededRandom } from './random.js';

const take = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

// The numbers are those of a second implementation, with Python's integers.
test('gives the same numbers for the same seed, on every machine', () => {
  expect(take(42, 1000)).toEqual(take(42, 1000));
  expect(take(42, 3).map((number) => number * 2 ** 32)).toEqual([1264412219, 1947509147, 3919439299]);
  expect(take(MAX_SEED, 3).map((number) => number * 2 ** 32)).toEqual([3268402823, 2602357022, 3266425223]);
});

test('gives other numbers for seeds that differ in any bit up to 2^53', () => {
  const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, MAX_SEED];
  expect(new Set(seeds.map((seed) => take(seed, 4).join())).size).toBe(seeds.length);
});

test('spreads evenly over [0, 1)', () => {
  const numbers = take(7, 100_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const bins = new Array<number>(100).fill(0);
  for (const number of numbers) bins[Math.floor(number * 100)]++;
  const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // 99 degrees of freedom: above 149 once in a thousand seeds.
  expect(chiSquare).toBeLessThan(149);
});

test('a random seed is one that may be asked for again', () => {
  const seed = randomSeed();
  expect(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED).toBe(true);
});
