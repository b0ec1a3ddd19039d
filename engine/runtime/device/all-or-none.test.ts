import { expect, it } from 'vitest';
import { allOrNone } from './all-or-none.js';

function releasable() {
  const one = { releases: 0, release: () => void one.releases++ };
  return one;
}

it('gives what was made, and releases nothing of it', () => {
  const first = releasable();
  expect(allOrNone((hold) => [hold(first), 2])).toEqual([first, 2]);
  expect(first.releases).toBe(0);
});

it('releases what was made before something could not be, and says why that was', () => {
  const [first, second] = [releasable(), releasable()];
  const make = () =>
    allOrNone((hold) => {
      for (const one of [first, second]) hold(one);
      throw new Error('no room');
    });
  expect(make).toThrow('no room');
  expect([first.releases, second.releases]).toEqual([1, 1]);
});
