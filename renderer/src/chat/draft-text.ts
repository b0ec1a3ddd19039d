import type { Draft } from '../store/state.js';

/** A piece that comes in at once and is longer than this is kept as one line, so that typing stays quick. */
const LONG_PIECE = 4000;
/** So is one of more than a line or two where the box would come to hold more than this: it is laid out with each key. */
const LONG_TEXT = 20_000;
const SHORT_PIECE = 200;

/**
 * The draft after its text became `next`. A long piece that was put in at once (pasted, dropped, filled in) becomes a
 * pasted piece; what was typed around it stays.
 */
export function draftAfterInput(draft: Draft, next: string): Draft {
  if (!isLong(draft, next.length - draft.text.length)) return { ...draft, text: next };
  const { start, end } = insertedRange(draft.text, next);
  const piece = next.slice(start, end);
  if (!isLong(draft, piece.length)) return { ...draft, text: next };
  return { text: next.slice(0, start) + next.slice(end), pasted: [...draft.pasted, piece] };
}

/** Where `next` differs from `before`, if something was put in at one place. */
function insertedRange(before: string, next: string): { start: number; end: number } {
  let start = 0;
  while (start < before.length && before[start] === next[start]) start++;
  let tail = 0;
  while (tail < before.length - start && before[before.length - 1 - tail] === next[next.length - 1 - tail]) tail++;
  return { start, end: next.length - tail };
}

/** The draft with a pasted text kept as one line, or null if it is short enough to be typed text. */
export function draftAfterPaste(draft: Draft, pasted: string): Draft | null {
  return isLong(draft, pasted.length) ? { ...draft, pasted: [...draft.pasted, pasted] } : null;
}

/** Whether a piece of so many characters is to be kept as one line. */
function isLong({ text }: Draft, length: number): boolean {
  return length > LONG_PIECE || (length > SHORT_PIECE && text.length + length > LONG_TEXT);
}
