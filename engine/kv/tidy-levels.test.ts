import fc from 'fast-check';
import { expect, it } from 'vitest';
import { levelWithin, TIDY_LEVELS } from './tidy-levels.js';

const BYTES = { numLayers: 6, bytesPerToken: 64, scaleBytes: 256 };
const bytesAt = (rows: number) => BYTES.numLayers * (rows * BYTES.bytesPerToken + BYTES.scaleBytes);

it('a level frees at least a seventh of the one before', () => {
  TIDY_LEVELS.slice(1).forEach((level, i) => {
    expect(level / TIDY_LEVELS[i]).toBeLessThanOrEqual(7 / 8);
  });
});

it('the mildest level that fits is taken, and none where not even the last does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8192 }), fc.nat(64), fc.nat(4_000_000), (tokens, more, budget) => {
      const fits = (level: number) => bytesAt(level * tokens + more) <= budget;
      const level = levelWithin(budget, tokens, more, BYTES);
      const milder = TIDY_LEVELS.filter((other) => level === null || other > level);
      expect(milder.some(fits)).toBe(false);
      if (level !== null) expect(fits(level)).toBe(true);
    }),
  );
});
