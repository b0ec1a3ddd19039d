/**
 * How a suite went. `failed` counts what the tool could not even start, too.
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * A tool that says nothing of failed tests but ends with an error has failed all the same (a file that cannot be
 * loaded, an error between tests), and a suite without any test proves nothing.
 * @param {Counts} counts
 * @param {boolean} ok whether the tool ended well
 * @returns {Counts}
 */
function withHiddenFailures(counts, ok) {
  const silent = counts.failed === 0 && (!ok || counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number } | undefined} report vitest's JSON report
 * @param {boolean} ok
 * @returns {Counts}
 */
export function countVitest(report, ok) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const skipped = report.numPendingTests + report.numTodoTests;
  return withHiddenFailures({ passed: report.numPassedTests, failed: report.numFailedTests, skipped }, ok);
}

/**
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } } | undefined} report Playwright's JSON report
 * @param {boolean} ok
 * @returns {Counts}
 */
export function countPlaywright(report, ok) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return withHiddenFailures({ passed: expected + flaky, failed: unexpected, skipped }, ok);
}
