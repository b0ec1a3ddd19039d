import { formatMoment } from '../format.js';
import { t } from '../words.js';
import type { TurnMark } from './bands.js';

export interface AxisLabel {
  text: string;
  /** Its left end, pixels. */
  left: number;
}

/** Of figures and small letters at 11 px, about. */
const CHARACTER = 6.4;
const GAP = 10;

/**
 * What is written under the time axis, as far as it does not touch: how long it took, what the last turn is, where its
 * prompt was read, then the other turns.
 * @param toX pixels of a moment
 */
export function axisLabels(marks: readonly TurnMark[], endMs: number, width: number, toX: (ms: number) => number) {
  const labels: AxisLabel[] = [];
  const place = (text: string, left: number) => {
    const right = left + text.length * CHARACTER;
    const isFree = labels.every((label) => {
      return right + GAP <= label.left || left >= label.left + label.text.length * CHARACTER + GAP;
    });
    if (left >= 0 && right <= width && isFree) labels.push({ text, left });
  };
  const centred = (text: string, ms: number) => place(text, toX(ms) - (text.length * CHARACTER) / 2);
  const toEnd = (text: string) => place(text, Math.min(width, toX(endMs) + CHARACTER) - text.length * CHARACTER);
  const last = marks[marks.length - 1];
  const end = formatMoment(endMs);
  const isShort = toX(endMs) - toX(last.startMs) < (last.name.length + end.length) * CHARACTER + GAP;
  if (marks.length > 1 && isShort) toEnd(t('timeline.lastTurn', { turn: last.name, end }));
  else {
    toEnd(end);
    if (marks.length > 1) place(last.name, toX(last.startMs));
    if (last.promptEndMs !== null) centred(formatMoment(last.promptEndMs), last.promptEndMs);
  }
  if (marks.length === 1) place(t('timeline.promptRead'), 0);
  else for (const { name, startMs } of marks.slice(0, -1).toReversed()) place(name, toX(startMs));
  return labels;
}

/** Heights of two labels, pixels, so that they do not touch; the first stays above. */
export function apart(upper: number, lower: number, height: number, bottom: number): [number, number] {
  if (lower - upper >= height) return [upper, lower];
  const below = Math.min(bottom, upper + height);
  return [below - height, below];
}
