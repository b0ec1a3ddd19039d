import { table } from './report.js';
import { quantile } from './statistics.js';
import type { WindowRow } from './window.js';

/** A row for each thing that the window does. */
export function windowMarkdown(rows: readonly WindowRow[]): string {
  return table(
    ['Milliseconds', 'median', '95 %', 'longest', 'times', 'aim (95 %)'],
    rows.map(({ what, times, aim }) => {
      const sorted = [...times].sort((a, b) => a - b);
      const figures = [0.5, 0.95, 1].map((share) => quantile(sorted, share).toFixed(1));
      return [what, ...figures, String(times.length), aim === null ? '' : `≤ ${aim}`];
    }),
  );
}
