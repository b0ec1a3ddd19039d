import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quartiles } from './statistics.js';

test('known quartiles', () => {
  expect(quartiles([4, 1, 3, 2, 5])).toEqual({ lower: 2, median: 3, upper: 4, samples: 5 });
  expect(quartiles([1, 2])).toEqual({ lower: 1.25, median: 1.5, upper: 1.75, samples: 2 });
  expect(quartiles([7])).toEqual({ lower: 7, median: 7, upper: 7, samples: 1 });
});

test('in order, within the samples, whatever order they came in', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (samples) => {
      const { lower, median, upper } = quartiles(samples);
      expect(lower).toBeLessThanOrEqual(median);
      expect(median).toBeLessThanOrEqual(upper);
      expect(Math.min(...samples)).toBeLessThanOrEqual(lower);
      expect(Math.max(...samples)).toBeGreaterThanOrEqual(upper);
      expect(quartiles([...samples].reverse())).toEqual({ lower, median, upper, samples: samples.length });
    }),
  );
});

test('nothing measured is a mistake', () => {
  expect(() => quartiles([])).toThrow(RangeError);
});
