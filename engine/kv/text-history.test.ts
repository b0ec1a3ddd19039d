import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextHistory, united } from './text-history.js';

interface Loss {
  at: number;
  lowest: number;
  highest: number;
}

/** Times in order; what is lost stands before them. */
const losses: fc.Arbitrary<Loss[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(299), fc.nat(299)), { maxLength: 6 })
  .map((all) =>
    all
      .map(([at, a, b]) => ({
        at,
        lowest: Math.min(a, b) % at,
        highest: Math.max(Math.min(a, b) % at, Math.max(a, b) % at),
      }))
      .sort((a, b) => a.at - b.at),
  );

function historyOf(all: readonly Loss[]): TextHistory {
  const history = new TextHistory();
  for (const { at, ...span } of all) history.note(at, span);
  return history;
}

/** Nothing before the place is missing because of what came behind it, and the place cuts through no stretch of losses. */
const isRight = (all: readonly Loss[], place: number, unchanged: number) =>
  all.every(({ at, lowest, highest }) => place <= lowest || (at <= unchanged && place > highest));

describe('what of a cache an edit leaves', () => {
  it('is the most that is as if the changed text had never been', () => {
    fc.assert(
      fc.property(losses, fc.nat(320), (all, unchanged) => {
        const place = historyOf(all).reusable(unchanged);
        const right = Array.from({ length: unchanged + 1 }, (_, at) => at).filter((at) => isRight(all, at, unchanged));
        expect(place).toBe(right.pop());
      }),
    );
  });

  it('is no more than wanted', () => {
    fc.assert(
      fc.property(losses, fc.nat(320), fc.nat(320), (all, unchanged, less) => {
        const wanted = Math.max(0, unchanged - less);
        expect(historyOf(all).reusable(unchanged, wanted)).toBeLessThanOrEqual(wanted);
      }),
    );
  });

  it('knows no more of losses in text that is gone', () => {
    const history = historyOf([
      { at: 50, lowest: 10, highest: 20 },
      { at: 90, lowest: 60, highest: 70 },
    ]);
    expect(history.reusable(95)).toBe(95);
    expect(history.reusable(80)).toBe(60);
    history.truncate(60);
    expect(history.reusable(80)).toBe(80);
    expect(history.reusable(40)).toBe(10);
  });
});

describe('united', () => {
  it('reaches over both spans, and over one if there is no other', () => {
    expect(united({ lowest: 3, highest: 9 }, { lowest: 1, highest: 4 })).toEqual({ lowest: 1, highest: 9 });
    expect(united(null, { lowest: 1, highest: 4 })).toEqual({ lowest: 1, highest: 4 });
    expect(united(null, null)).toBeNull();
  });
});
