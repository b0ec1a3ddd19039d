import type { HeadRows } from './row-store.js';

/** What is stored while a prompt is read, and what of that stays when it was read to its end. */
export interface TwoSteps {
  now: HeadRows;
  /** Rows of `now`; null: all of them. */
  later: HeadRows | null;
}

/**
 * A prompt may be stopped while it is read, and then nothing of earlier turns may be missing. So their rows stay in a
 * layer until the end; of the new rows only those to be kept, and as many others as it takes for heads to be as long.
 * @param kept of `total` rows, of which the first `history` are those of earlier turns
 */
export function inTwoSteps(kept: HeadRows, history: number, total: number): TwoSteps {
  if (kept.every((rows) => rows.length === total)) return { now: kept, later: null };
  const fresh = kept.map((rows) => rows.filter((row) => row >= history));
  const keepsHistory = kept.every((rows, head) => rows.length - fresh[head].length === history);
  if (keepsHistory) return { now: kept, later: null };
  const longest = Math.max(...fresh.map((rows) => rows.length));
  const now = fresh.map((rows) => withHistory(padded(rows, longest, history, total), history));
  return { now, later: kept.map((rows, head) => placesOf(rows, now[head])) };
}

/** Ascending rows, and the first others from `from` on that make them `length`. */
function padded(rows: Int32Array, length: number, from: number, to: number): Int32Array {
  if (rows.length === length) return rows;
  const taken = new Set(rows);
  const all = [...rows];
  for (let row = from; row < to && all.length < length; row++) if (!taken.has(row)) all.push(row);
  return Int32Array.from(all).sort();
}

function withHistory(fresh: Int32Array, history: number): Int32Array {
  const rows = new Int32Array(history + fresh.length);
  for (let row = 0; row < history; row++) rows[row] = row;
  rows.set(fresh, history);
  return rows;
}

/** Where ascending `rows` stand in ascending `within`, which has all of them. */
function placesOf(rows: Int32Array, within: Int32Array): Int32Array {
  let at = 0;
  return rows.map((row) => {
    while (within[at] < row) at++;
    return at;
  });
}
