import { expect, it } from 'vitest';
import { SlicePace } from './slice-pace.js';

/** Slices on a computer that needs so many milliseconds a row. → the last one's rows, and the longest's milliseconds */
function slices(pace: SlicePace, msPerRow: number, count: number): { rows: number; longestMs: number } {
  let longestMs = 0;
  for (let i = 0; i < count; i++) {
    const ms = pace.next * msPerRow;
    longestMs = Math.max(longestMs, ms);
    pace.took(pace.next, ms);
  }
  return { rows: pace.next, longestMs };
}

it.each([0.1, 0.5, 2])('comes to slices of forty milliseconds where a row takes %f', (msPerRow) => {
  const { rows, longestMs } = slices(new SlicePace(), msPerRow, 20);
  expect(rows * msPerRow).toBeGreaterThan(30);
  expect(longestMs).toBeLessThanOrEqual(40);
});

it('a slice that took too long makes the next one short at once', () => {
  const pace = new SlicePace();
  const before = slices(pace, 0.1, 20).rows;
  expect(slices(pace, 1, 1).rows).toBeLessThanOrEqual(before / 9);
});

it('never asks for less than a run is worth, nor more because the clock stood still', () => {
  const pace = new SlicePace();
  expect(slices(pace, 1000, 3).rows).toBe(8);
  pace.took(8, 0);
  expect(pace.next).toBe(12);
});
