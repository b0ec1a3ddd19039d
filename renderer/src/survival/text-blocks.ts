/** A piece of a text that is laid out by itself. */
export interface TextBlock {
  /** Where it begins in the text, UTF-16 units; what stands between two blocks is the line break or space cut at. */
  start: number;
  text: string;
}

const ENOUGH = 1200;
/** Of a line that goes on so long, the browser would have to lay out more than what is in sight. */
const TOO_LONG = 6000;

/**
 * Cuts a text at line breaks into blocks of a screen's height or so, so that only those in sight need to be laid out. Of
 * several line breaks in a row the first is the cut: the others begin the next block, and are seen there.
 */
export function blocksOf(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let start = 0;
  while (start < text.length) {
    const end = cutAfter(text, start);
    blocks.push({ start, text: text.slice(start, end) });
    start = end + 1;
  }
  return blocks;
}

function cutAfter(text: string, start: number): number {
  const lineBreak = text.indexOf('\n', start + ENOUGH);
  if (lineBreak >= 0 && lineBreak - start <= TOO_LONG) return lineBreak;
  if (text.length - start <= TOO_LONG) return text.length;
  const space = text.indexOf(' ', start + ENOUGH);
  const cuts = [lineBreak, space].filter((cut) => cut >= 0);
  return cuts.length > 0 ? Math.min(...cuts) : text.length;
}

/** About how many lines a block takes, at so many characters a line: how high it is taken to be until it is in sight. */
export function linesOf({ text }: TextBlock, perLine = 80): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0);
}
