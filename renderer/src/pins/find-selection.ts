import type { TextRange } from '../../../engine/types.js';

const WORD = /[\p{L}\p{N}]+/gu;

function wordsOf(text: string): RegExpMatchArray[] {
  return [...text.matchAll(WORD)];
}

/** A selection may begin and end within a word. */
function isWord(wanted: readonly string[], index: number, word: string | undefined): boolean {
  const part = wanted[index];
  if (word === undefined) return false;
  if (wanted.length === 1) return word.includes(part);
  if (index === 0) return word.endsWith(part);
  return index === wanted.length - 1 ? word.startsWith(part) : word === part;
}

/**
 * Where a piece of what is shown stands in its source: by its words in their order, whatever marks of formatting stand
 * between them; whole words.
 * @param before what is shown of the message before the piece: of equal stretches, it tells which one is meant
 * @returns null: the source has no such stretch
 */
export function findInSource(source: string, shown: string, before: string): TextRange | null {
  const wanted = wordsOf(shown).map(([word]) => word);
  if (wanted.length === 0) return null;
  const words = wordsOf(source);
  const found = words.flatMap((_, at) =>
    wanted.every((_word, i) => isWord(wanted, i, words[at + i]?.[0])) ? [at] : [],
  );
  if (found.length === 0) return null;
  const expected = wordsOf(before).length;
  const nearest = found.reduce((best, at) => (Math.abs(at - expected) < Math.abs(best - expected) ? at : best));
  const [first, last] = [words[nearest], words[nearest + wanted.length - 1]];
  return { from: first.index ?? 0, to: (last.index ?? 0) + last[0].length };
}
