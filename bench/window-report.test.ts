import { expect, test } from 'vitest';
import { memoryOf } from './window-material.js';
import { windowMarkdown } from './window-report.js';

test('each row says median, 95th percentile, the longest and what was aimed at', () => {
  const text = windowMarkdown([
    { what: 'Drawing', times: [3, 1, 2, 4, 5], aim: 4 },
    { what: 'Taken in', times: [7], aim: null },
  ]);
  expect(text).toContain('| Drawing | 3.0 | 4.8 | 5.0 | 5 | ≤ 4 |');
  expect(text).toContain('| Taken in | 7.0 | 7.0 | 7.0 | 1 |  |');
});

test('what is made up of a text agrees in itself', () => {
  const { ends, depths, held, droppedAt } = memoryOf('one two  three', 4);
  expect([...ends]).toEqual([4, 9, 14]);
  for (const [token, depth] of depths.entries()) {
    expect(held.filter((bits) => bits[0] & (1 << token))).toHaveLength(depth);
    expect(droppedAt.filter((drops) => drops[token] > 0)).toHaveLength(4 - depth);
  }
});
