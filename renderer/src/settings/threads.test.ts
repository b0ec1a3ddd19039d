import { expect, test } from 'vitest';
import { parseThreads } from './threads.js';

test('a number of threads is one that this computer has cores for', () => {
  expect(parseThreads('4', 8)).toEqual({ threads: 4 });
  expect(parseThreads(' 8 ', 8)).toEqual({ threads: 8 });
  expect(parseThreads('9', 8)).toEqual({ problem: expect.stringContaining('8 cores') });
});

test('nothing stands for all of them', () => {
  expect(parseThreads('', 8)).toEqual({ threads: null });
  expect(parseThreads('  ', 8)).toEqual({ threads: null });
});

test.each(['0', '-1', '2.5', '1e1', 'all', '9999999'])('%j is no number of threads', (text) => {
  expect(parseThreads(text, 8)).toEqual({ problem: 'Write a number from 1 to 8.' });
});
