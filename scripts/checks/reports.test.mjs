import { expect, test } from 'vitest';
import { countPlaywright, countVitest } from './reports.mjs';

const vitest = (passed, failed, pending = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: 0,
});
const playwright = (expected, unexpected, flaky = 0, skipped = 0) => ({
  stats: { expected, unexpected, flaky, skipped },
});

test('tests are counted as the tools report them', () => {
  expect(countVitest(vitest(5, 2, 1), false)).toEqual({ passed: 5, failed: 2, skipped: 1 });
  expect(countPlaywright(playwright(4, 1, 1, 2), false)).toEqual({ passed: 5, failed: 1, skipped: 2 });
});

test.each([
  ['no report', countVitest(undefined, false), countPlaywright(undefined, true)],
  ['no tests', countVitest(vitest(0, 0), true), countPlaywright(playwright(0, 0), true)],
  ['only skipped tests', countVitest(vitest(0, 0, 3), true), countPlaywright(playwright(0, 0, 0, 3), true)],
  [
    'a tool that fails without a failed test',
    countVitest(vitest(3, 0), false),
    countPlaywright(playwright(3, 0), false),
  ],
])('%s is a failure', (_name, ...counts) => {
  for (const { failed } of counts) expect(failed).toBe(1);
});
