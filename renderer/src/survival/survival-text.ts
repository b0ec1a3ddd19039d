import type { HeldText } from '../../../engine/trace/replay.js';
import { t } from '../words.js';

/** 0: no head of any layer holds the token … 5: all do. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5;

export const LEVELS: readonly Level[] = [5, 4, 3, 2, 1, 0];

/** Of all heads of all layers, those from which on levels 2, 3 and 4 begin. */
const STEPS = [0.25, 0.46, 0.66];

/** Fewest heads for each level, from level 0 on. `all`: of all layers. */
function levelStarts(all: number): number[] {
  return [0, 1, ...STEPS.map((share) => Math.ceil(share * all)), all];
}

/** @param holding heads that hold a token, of `all` heads of all layers */
export function levelOf(holding: number, all: number): Level {
  if (holding >= all) return 5;
  const starts = levelStarts(all);
  let level: Level = 0;
  for (const each of [1, 2, 3, 4] as const) if (holding >= starts[each] && starts[each] > 0) level = each;
  return level;
}

/** "20–29", "all 30", "none"; null: no number of heads is of that level. */
export function levelName(level: Level, all: number): string | null {
  if (level === 0) return t('survival.levels.none');
  if (level === 5) return t('survival.levels.all', { all });
  const starts = levelStarts(all);
  const [from, to] = [Math.max(1, starts[level]), Math.min(all, level === 4 ? all : starts[level + 1]) - 1];
  if (from > to) return null;
  return from === to ? String(from) : t('survival.levels.range', { from, to });
}

/** A message as it stands in the model's text. */
export interface Passage {
  /** Of the message. */
  id: string;
  text: string;
  /** Where it begins in the model's text, UTF-16 units. */
  start: number;
  /** Its first token, and the one behind its last. */
  from: number;
  to: number;
}

/** Finds messages, in their order, in the text that the model has; those that are not there are left out. */
export function passagesOf(
  { text, ends }: Pick<HeldText, 'text' | 'ends'>,
  messages: readonly { id: string; text: string }[],
): Passage[] {
  const passages: Passage[] = [];
  let searched = 0;
  for (const { id, text: whole } of messages) {
    const content = whole.trim();
    const found = content === '' ? -1 : text.indexOf(content, searched);
    // Of an answer that is being written, the engine may know less than the window shows, or more.
    const isLast = messages.at(-1)?.id === id;
    const start = found >= 0 || !isLast ? found : beginningOf(content, text, searched);
    if (start < 0) continue;
    const end = Math.min(text.length, start + content.length);
    searched = end;
    passages.push({
      id,
      text: text.slice(start, end),
      start,
      from: tokenAt(ends, start),
      to: tokenAt(ends, end - 1) + 1,
    });
  }
  return passages;
}

function beginningOf(content: string, text: string, from: number): number {
  const rest = text.slice(from);
  for (let at = rest.indexOf(content.slice(0, 1)); at >= 0; at = rest.indexOf(content.slice(0, 1), at + 1)) {
    if (content.startsWith(rest.slice(at))) return from + at;
  }
  return -1;
}

/** The token whose text has the unit `offset`. */
export function tokenAt(ends: Uint32Array, offset: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, Math.max(0, ends.length - 1));
}

export function isHeld(bits: Uint8Array | undefined, token: number): boolean {
  return bits !== undefined && (bits[token >> 3] & (1 << (token & 7))) !== 0;
}

/** A stretch of a passage whose tokens are all of one level, UTF-16 units within the passage. */
export interface Run {
  level: Level;
  start: number;
  end: number;
}

export function allHeads({ held, heads }: Pick<HeldText, 'held' | 'heads'>): number {
  return held.length * heads;
}

/** @param layer whose tokens are told apart, as all or none; null: by the number of heads in all layers */
export function runsOf(memory: HeldText, passage: Passage, layer: number | null): Run[] {
  const { ends, rows, held } = memory;
  const all = allHeads(memory);
  const runs: Run[] = [];
  for (let token = passage.from; token < passage.to; token++) {
    const level = layer === null ? levelOf(rows[token], all) : isHeld(held[layer], token) ? 5 : 0;
    const end = Math.min(ends[token] - passage.start, passage.text.length);
    const last = runs.at(-1);
    const start = last?.end ?? 0;
    if (end <= start) continue;
    if (last && last.level === level) last.end = end;
    else runs.push({ level, start, end });
  }
  return runs;
}

/** Those of a passage's runs that lie between two of its units, cut there. */
export function clippedRuns(runs: readonly Run[], from: number, to: number): Run[] {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle].end <= from) low = middle + 1;
    else high = middle;
  }
  const clipped: Run[] = [];
  for (let at = low; at < runs.length && runs[at].start < to; at++) {
    const { level, start, end } = runs[at];
    clipped.push({ level, start: Math.max(start, from), end: Math.min(end, to) });
  }
  return clipped;
}

/** Tokens of each level, level 0 first. */
export function countLevels(memory: HeldText, layer: number | null): number[] {
  const counts = new Array<number>(6).fill(0);
  const all = allHeads(memory);
  memory.rows.forEach((holding, token) => {
    counts[layer === null ? levelOf(holding, all) : isHeld(memory.held[layer], token) ? 5 : 0]++;
  });
  return counts;
}

/** Heads of all layers that hold a passage's tokens, on average. */
export function meanHolding({ rows }: HeldText, { from, to }: Passage): number {
  let sum = 0;
  for (let token = from; token < to; token++) sum += rows[token];
  return to > from ? sum / (to - from) : 0;
}
