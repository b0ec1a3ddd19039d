import { expect, test } from 'vitest';
import { cutWindows } from './windows.js';

const tokens = Array.from({ length: 100 }, (_, i) => i);

test('windows are spread from the first token to the last, each with its continuation behind its prefix', () => {
  const windows = cutWindows(tokens, { prefix: 20, continuation: 5, windows: 3 }, null);
  expect(windows.map(({ prefix }) => prefix[0])).toEqual([0, 37, 75]);
  for (const { prefix, continuation } of windows) {
    const start = prefix[0];
    expect([...prefix, ...continuation]).toEqual(Array.from({ length: 25 }, (_, i) => start + i));
  }
  expect(windows[2].continuation.at(-1)).toBe(99);
});

test('windows do not overlap where the text is long enough', () => {
  const windows = cutWindows(tokens, { prefix: 20, continuation: 5, windows: 4 }, null);
  expect(windows.map(({ prefix }) => prefix[0])).toEqual([0, 25, 50, 75]);
});

test('the bos token begins each prefix and counts as one of its tokens', () => {
  const [window] = cutWindows(tokens, { prefix: 4, continuation: 2, windows: 1 }, 999);
  expect(window).toEqual({ prefix: [999, 0, 1, 2], continuation: [3, 4] });
});

test('a text shorter than one window is refused with how many tokens there are and are needed', () => {
  expect(() => cutWindows(tokens, { prefix: 90, continuation: 11, windows: 1 }, null)).toThrow(
    expect.objectContaining({ code: 'TEXT_TOO_SHORT', details: { tokens: 100, needed: 101 } }),
  );
  expect(() => cutWindows(tokens, { prefix: 90, continuation: 11, windows: 1 }, null)).toThrow(/100 tokens.*101/);
  expect(cutWindows(tokens, { prefix: 90, continuation: 11, windows: 1 }, 999)).toHaveLength(1);
});
