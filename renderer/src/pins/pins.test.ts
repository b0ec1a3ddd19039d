import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRange, type Pins, removeRange } from './pins.js';

describe('pinned stretches', () => {
  it('stay apart and in order; those that touch become one', () => {
    const two = addRange(addRange(null, { from: 20, to: 30 }, 100), { from: 0, to: 5 }, 100);
    expect(two).toEqual([
      { from: 0, to: 5 },
      { from: 20, to: 30 },
    ]);
    expect(addRange(two, { from: 5, to: 20 }, 100)).toEqual([{ from: 0, to: 30 }]);
  });

  it('become the whole message when they are all of it', () => {
    expect(addRange([{ from: 0, to: 60 }], { from: 50, to: 100 }, 100)).toBe(true);
    expect(addRange(true, { from: 1, to: 2 }, 100)).toBe(true);
  });

  it('go one by one, and with the last of them the pin', () => {
    const pins: Pins = [
      { from: 0, to: 5 },
      { from: 20, to: 30 },
    ];
    expect(removeRange(pins, { from: 0, to: 5 })).toEqual([{ from: 20, to: 30 }]);
    expect(removeRange([{ from: 20, to: 30 }], { from: 20, to: 30 })).toBeNull();
    expect(removeRange(true, { from: 20, to: 30 })).toBe(true);
  });

  it('hold exactly the units that were added, however they overlap', () => {
    const range = fc.tuple(fc.nat(98), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), (added) => {
        const ranges = added.map(([from, length]) => ({ from, to: from + length }));
        const pins = ranges.reduce<Pins | null>((all, one) => addRange(all, one, 1000), null);
        const inside = (unit: number, all: Pins | null) =>
          all !== null && all !== true && all.some(({ from, to }) => unit >= from && unit < to);
        for (let unit = 0; unit < 130; unit++) expect(inside(unit, pins)).toBe(inside(unit, ranges));
      }),
    );
  });
});
