import type { HeadRows } from './row-store.js';
import type { DroppedSpan } from './text-history.js';
import { meanOfHeads } from './votes.js';

/** Which attention makes a row's score: the more it gets from the voting queries, the better it is kept. */
export interface ScoreSpec {
  /** The last rows of the prompt vote; null: the whole recent window. */
  recentRows: number | null;
  /** The newest of them counts this many times as much as the oldest. */
  distanceWeight: number;
  /** Besides, rows spread evenly over the prompt; their mean is added. Infinity: every row. */
  spreadRows: number;
  /**
   * `place`: a spread row sees what was before it, as when it was read. `end`: it asks from the end of the text, where
   * it sees everything (its query is rotated on to there): what was asked before may be asked again.
   */
  spreadFrom: 'place' | 'end';
  /** A row's score is the largest or the mean of so many rows around it: odd, 1 for its own alone. */
  pool: { by: 'max' | 'mean'; rows: number };
}

/** The last rows alone vote, all alike or the newer the more. */
export function recentScores(recentRows: number | null, distanceWeight = 1): ScoreSpec {
  return { recentRows, distanceWeight, spreadRows: 0, spreadFrom: 'place', pool: { by: 'max', rows: 1 } };
}

/** What is to be kept of some rows. */
export interface Selection {
  /** Rows from this place in the text on are the recent window: kept, and not counted. */
  windowStart: number;
  /** Rows before this place are sinks: kept, and counted. */
  sinkLength: number;
  /** Places never dropped because the user or the system prompt pins them: kept, and counted. */
  isPinned: (position: number) => boolean;
  /** How many rows before the window are kept; more where sinks and pins alone are more. */
  contextCount: number;
  /** How those are chosen that neither rule keeps. */
  scores: ScoreSpec;
  /** Each head keeps rows of its own, as many as the others. */
  perHead: boolean;
}

/** Rows before the window that no rule keeps, ascending, and how many of them there is room for. */
function openRows(selection: Selection, positions: Int32Array): { open: Int32Array; room: number } {
  const { windowStart, sinkLength, isPinned, contextCount } = selection;
  const open = new Int32Array(positions.length);
  let [count, taken] = [0, 0];
  for (let row = 0; row < positions.length; row++) {
    const position = positions[row];
    if (position >= windowStart) continue;
    if (position < sinkLength || isPinned(position)) taken++;
    else open[count++] = row;
  }
  return { open: open.subarray(0, count), room: Math.max(0, contextCount - taken) };
}

/** Rows of a text of so many tokens that a rule keeps: sinks, pins and the window. */
export function fixedRows(selection: Selection, tokens: number): number {
  const { open } = openRows(selection, Int32Array.from(new Int32Array(tokens).keys()));
  return tokens - open.length;
}

/** Whether anything is dropped, and whether scores decide what. `positions`: places in the text of the rows. */
export function outlook(selection: Selection, positions: Int32Array): { drops: boolean; needsScores: boolean } {
  const { open, room } = openRows(selection, positions);
  const drops = room < open.length;
  return { drops, needsScores: drops && room > 0 };
}

/**
 * The one place where it is decided what is kept.
 *
 * @param positions places in the text of the rows, ascending, [rows]
 * @param scores read only if `outlook` says so, [rows]
 * @returns indices of the rows that are kept, ascending; of equal scores the earlier row is kept
 */
export function selectRows(selection: Selection, positions: Int32Array, scores: Float32Array): Int32Array {
  const { open, room } = openRows(selection, positions);
  const dropped = new Uint8Array(positions.length);
  for (const row of open) dropped[row] = 1;
  const chosen = best(open, scores, room);
  for (const row of chosen) dropped[row] = 0;
  const kept = new Int32Array(positions.length - open.length + chosen.length);
  let count = 0;
  for (let row = 0; row < positions.length; row++) if (dropped[row] === 0) kept[count++] = row;
  return kept;
}

/**
 * `selectRows` for each KV head of a layer.
 * @param positions by head, all of one length
 * @param scores of the query heads, [numHeads · length]; empty where `outlook` says that none are needed
 */
export function selectByHead(
  selection: Selection,
  positions: readonly Int32Array[],
  scores: Float32Array,
): Int32Array[] {
  const apart = selection.perHead || !sameRowsOpen(selection, positions);
  const means = meanOfHeads(scores, positions[0].length, apart ? positions.length : 1);
  const selections = equalCounts(selection, positions);
  return positions.map((places, head) => selectRows(selections[head], places, means[apart ? head : 0]));
}

/** Whether scores decide on the same rows in every head: where heads chose apart before, a row is another place in each. */
function sameRowsOpen(selection: Selection, positions: readonly Int32Array[]): boolean {
  const [first, ...others] = positions.map((places) => openRows(selection, places).open);
  return others.every((open, i) => {
    const places = positions[i + 1];
    return (
      open.length === first.length && open.every((row, j) => row === first[j] && places[row] === positions[0][row])
    );
  });
}

/**
 * The same selection for heads that hold different rows, so that all come to keep equally many: a layer's heads share
 * one length. After an edit, heads may differ in how many rows the window has.
 * @param positions by head, all of one length
 */
function equalCounts(selection: Selection, positions: readonly Int32Array[]): Selection[] {
  const windowRows = positions.map((places) => places.filter((place) => place >= selection.windowStart).length);
  const least = positions.map((places, head) => {
    const { open } = openRows(selection, places);
    const fixed = places.length - windowRows[head] - open.length;
    return windowRows[head] + Math.max(fixed, Math.min(selection.contextCount, fixed + open.length));
  });
  const total = Math.max(...least);
  return windowRows.map((rows) => ({ ...selection, contextCount: total - rows }));
}

/** The `count` rows with the highest scores. */
function best(rows: Int32Array, scores: Float32Array, count: number): Int32Array {
  if (count >= rows.length) return rows;
  if (count <= 0) return new Int32Array();
  const sorted = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) sorted[i] = scores[rows[i]];
  const threshold = sorted.sort()[rows.length - count];
  const chosen = new Int32Array(count);
  let taken = 0;
  for (const row of rows) if (scores[row] > threshold) chosen[taken++] = row;
  for (const row of rows) if (taken < count && scores[row] === threshold) chosen[taken++] = row;
  return chosen;
}

/**
 * Of the attention that rows got, the share (0 … 1) that those got which are not kept.
 * @param attention of the query heads, [numHeads · length]
 * @param kept by KV head, ascending
 */
export function lostShare(attention: Float32Array, length: number, kept: HeadRows): number {
  const headsPerKv = attention.length / length / kept.length;
  let [all, left] = [0, 0];
  for (const value of attention) all += value;
  kept.forEach((rows, kvHead) => {
    for (let head = kvHead * headsPerKv; head < (kvHead + 1) * headsPerKv; head++) {
      for (const row of rows) left += attention[head * length + row];
    }
  });
  return all > 0 ? Math.min(1, Math.max(0, 1 - left / all)) : 0;
}

/** Of the rows that are not kept; null: all are. */
export function droppedSpan(positions: Int32Array, kept: Int32Array): DroppedSpan | null {
  if (kept.length === positions.length) return null;
  let [next, lowest, highest] = [0, -1, -1];
  positions.forEach((position, row) => {
    if (kept[next] === row) {
      next++;
      return;
    }
    if (lowest < 0) lowest = position;
    highest = position;
  });
  return { lowest, highest };
}
