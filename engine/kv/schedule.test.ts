import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextShares, type Schedule } from './schedule.js';

const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.record({ type: fc.constantFrom('cosine' as const, 'linear' as const), prefillDecayRatio: ratio }),
  fc
    .array(fc.tuple(fc.nat(39), ratio), { maxLength: 4 })
    .map((steps) => steps.sort((a, b) => a[0] - b[0]))
    .map((steps): Schedule => {
      const shares = steps.map(([, share]) => share).sort((a, b) => b - a);
      return { type: 'step', steps: steps.map(([layer], i) => [layer, shares[i]] as const) };
    }),
);

describe('contextShares', () => {
  it('never rises with depth, whatever the schedule and the interval', () => {
    fc.assert(
      fc.property(
        schedule,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (made, layers, interval) => {
          const shares = contextShares(made, layers, interval);
          expect(shares).toHaveLength(layers);
          shares.forEach((share, layer) => {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(layer === 0 ? 1 : shares[layer - 1]);
          });
        },
      ),
    );
  });

  it('multiplies the paper’s shares from layer to layer', () => {
    const shares = contextShares({ type: 'cosine', prefillDecayRatio: 0.9 }, 30);
    const rate = (layer: number) => 0.9 + (0.1 * (Math.cos((Math.PI * layer) / 30) + 1)) / 2;
    expect(shares[0]).toBe(1);
    expect(shares[1]).toBeCloseTo(rate(1), 12);
    expect(shares[2]).toBeCloseTo(rate(1) * rate(2), 12);
    expect(contextShares({ type: 'linear', prefillDecayRatio: 0.5 }, 4)).toEqual([
      1,
      0.875,
      0.875 * 0.75,
      0.875 * 0.75 * 0.625,
    ]);
  });

  it('a step holds until the next', () => {
    const shares = contextShares(
      {
        type: 'step',
        steps: [
          [2, 0.5],
          [4, 0],
        ],
      },
      6,
    );
    expect(shares).toEqual([1, 1, 0.5, 0.5, 0, 0]);
  });

  it('with an interval, shares fall at every n-th layer only', () => {
    const every = contextShares({ type: 'cosine', prefillDecayRatio: 0.8 }, 12);
    const third = contextShares({ type: 'cosine', prefillDecayRatio: 0.8 }, 12, 3);
    expect(third).toEqual([
      1,
      1,
      every[2],
      every[2],
      every[2],
      every[5],
      every[5],
      every[5],
      every[8],
      every[8],
      every[8],
      every[11],
    ]);
  });
});
