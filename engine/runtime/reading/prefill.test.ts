import { expect, it } from 'vitest';
import { chunkLengths, longestChunk, MIN_PREFILL, PREFILL_CHUNK } from './prefill.js';

it.each([2, 40, PREFILL_CHUNK])('chunks of at most %i rows are all rows, and none is too short', (longest) => {
  for (let rows = MIN_PREFILL; rows < 600; rows++) {
    const lengths = chunkLengths(rows, longest);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(rows);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(Math.max(longest, MIN_PREFILL));
    if (longest > MIN_PREFILL) expect(Math.min(...lengths)).toBeGreaterThanOrEqual(MIN_PREFILL);
  }
});

it('a chunk is shorter where its attention to many tokens would take much memory, but never very short', () => {
  expect(longestChunk(9, 2048)).toBe(PREFILL_CHUNK);
  expect(4 * 32 * 4096 * longestChunk(32, 4096)).toBeLessThan(24e6);
  expect(longestChunk(32, 131072)).toBe(32);
});
