import { describe, expect, test } from 'vitest';
import { DEFAULT_SAMPLING, resolveSampling } from './sampling-options.js';

test('fills in the defaults and a seed', () => {
  const { seed, ...rest } = resolveSampling();
  expect(rest).toEqual(DEFAULT_SAMPLING);
  expect(Number.isInteger(seed)).toBe(true);
});

test('keeps what is asked for; undefined asks for nothing', () => {
  expect(resolveSampling({ temperature: 0, topK: undefined, seed: 2 ** 53 - 1 })).toEqual({
    ...DEFAULT_SAMPLING,
    temperature: 0,
    seed: 2 ** 53 - 1,
  });
});

describe('refuses what is not a number of its range, by name', () => {
  test.each([
    ['temperature', -0.1],
    ['temperature', Number.NaN],
    ['topK', 1.5],
    ['topK', -1],
    ['topP', 1.1],
    ['minP', -1],
    ['repetitionPenalty', 0],
    ['frequencyPenalty', Number.POSITIVE_INFINITY],
    ['presencePenalty', 1000],
    ['seed', 2 ** 53],
    ['seed', -1],
  ] as const)('%s = %d', (name, value) => {
    const resolve = () => resolveSampling({ [name]: value });
    expect(resolve).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(resolve).toThrow(new RegExp(`^${name} must be .*${value}`));
  });
});
