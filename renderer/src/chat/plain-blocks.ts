/** Above this, a text is no longer laid out as markdown: some 50,000 tokens. */
export const LONGEST_MARKDOWN = 200_000;
/** Of a text that is shown as it is, so much at its beginning and as much at its end. */
const SHOWN_PLAIN = 100_000;

const LONGEST_BLOCK = 60_000;
/** The marks that the parser has to look at together. */
const MOST_MARKS = 6000;
const MOST_LEVELS = 24;
const MARKS = /[[\]*_`<$~!]/g;
const FENCE = /^ {0,3}(?:```|~~~)/;
const LEVELS = new RegExp(String.raw`^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){${MOST_LEVELS},}`, 'm');
const DEEP = new RegExp(String.raw`^[ \t]{${4 * MOST_LEVELS},}(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])`, 'm');

/**
 * Whether a block of markdown is shown as it is written, because parsing it would hold the window up: it is very long,
 * or made of little else than marks, or nested without end. Code is parsed in no time, however long.
 */
export function staysPlain(block: string): boolean {
  if (isTooDeep(block)) return true;
  if (FENCE.test(block)) return false;
  if (block.length > LONGEST_BLOCK) return true;
  return block.length > MOST_MARKS && (block.match(MARKS)?.length ?? 0) > MOST_MARKS;
}

/** No parser gets down there. */
export function isTooDeep(text: string): boolean {
  return LEVELS.test(text) || DEEP.test(text);
}

/** The beginning and the end of a text that is too long to be laid out, and how much is left out between them. */
export function ends(text: string): { head: string; hidden: number; tail: string } {
  const hidden = text.length - 2 * SHOWN_PLAIN;
  if (hidden <= 0) return { head: text, hidden: 0, tail: '' };
  return { head: text.slice(0, SHOWN_PLAIN), hidden, tail: text.slice(-SHOWN_PLAIN) };
}
