import { diffWordsWithSpace } from 'diff';
import type { Divergence, SideName } from '../../../engine/types.js';

/** A stretch of one text behind the first difference. */
export interface Piece {
  text: string;
  /** The other text has it not, or elsewhere. */
  differs: boolean;
}

export interface TextDifference {
  /** What both begin with. */
  head: string;
  tails: Record<SideName, readonly Piece[]>;
}

/** More words put in and taken out than this: the texts have nothing to do with each other, and it would take long. */
const MOST_EDITS = 600;

/**
 * Two texts word by word behind the first token that differs. A word is not split: where the token lies within one, that
 * word is behind the head.
 */
export function textDifference(texts: Record<SideName, string>, { sameLength }: Divergence): TextDifference {
  const { full, compressed } = texts;
  const start = wordStart(full, compressed, sameLength);
  const [a, b] = [full.slice(start), compressed.slice(start)];
  const changes = diffWordsWithSpace(a, b, { maxEditLength: MOST_EDITS });
  const head = full.slice(0, start);
  if (!changes)
    return { head, tails: { full: [{ text: a, differs: true }], compressed: [{ text: b, differs: true }] } };
  return {
    head,
    tails: {
      full: joined(changes.filter(({ added }) => !added)),
      compressed: joined(changes.filter(({ removed }) => !removed)),
    },
  };
}

/** The stretches of one text. Space counts as different only between two words that are. */
function joined(changes: readonly { value: string; added: boolean; removed: boolean }[]): Piece[] {
  const pieces = changes.flatMap(({ value, added, removed }): Piece[] => {
    const differs = added || removed;
    const words = value.trim();
    const start = value.indexOf(words);
    return [
      { text: value.slice(0, start), differs: false },
      { text: words, differs },
      { text: value.slice(start + words.length), differs: false },
    ].filter(({ text }) => text !== '');
  });
  const whole: Piece[] = [];
  for (const [index, { text, differs }] of pieces.entries()) {
    const isGap = text.trim() === '' && pieces[index - 1]?.differs && pieces[index + 1]?.differs;
    const last = whole.at(-1);
    if (last && last.differs === (differs || isGap)) last.text += text;
    else whole.push({ text, differs: differs || isGap === true });
  }
  return whole;
}

/** Where the word begins in which a place lies; the place itself between words. */
function wordStart(a: string, b: string, place: number): number {
  const isSpace = (text: string, at: number) => /\s/.test(text.charAt(at));
  if (isSpace(a, place) && isSpace(b, place)) return place;
  let start = place;
  while (start > 0 && !isSpace(a, start - 1)) start--;
  return start;
}
