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
  expect(longestChunk(2048)).toBe(PREFILL_CHUNK);
  expect(longestChunk(8000)).toBe(83);
  expect(longestChunk(131072)).toBe(32);
});
