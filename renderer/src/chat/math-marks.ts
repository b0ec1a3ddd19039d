/** A formula is on one line or a few: what is longer was not meant as one. */
const LONGEST_FORMULA = 4000;

/**
 * Every formula of a text between `$$` and `$$` on one line, the one form that the parser then looks for. Models write
 * `\(x\)`, `\[x\]`, `$x$` and `$$` over several lines as well. What stands in code stays, and so do prices: a single
 * `$` opens a formula before something written, and closes it behind something written and before no digit.
 */
export function withMathMarks(markdown: string): string {
  if (!/\$|\\[([]/.test(markdown)) return markdown;
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  const closers = new ClosingMarks(markdown);
  for (;;) {
    MARK.lastIndex = at;
    const mark = MARK.exec(markdown);
    if (!mark) break;
    const formula = formulaAt(markdown, mark, closers);
    at = formula?.end ?? endOf(markdown, mark, closers);
    if (!formula) continue;
    parts.push(markdown.slice(copied, mark.index), '$$', formula.tex.replace(/\s*\n\s*/g, ' ').trim(), '$$');
    copied = at;
  }
  parts.push(markdown.slice(copied));
  return parts.join('');
}

/** The start of a fence, a run of backticks, an escaped character, a run of dollars. */
const MARK = /^[ \t>]*(?:[-*+] +|\d+[.)] +)?(?<fence>`{3,}|~{3,})[^\n]*$|(?<ticks>`+)|\\[\s\S]|\$+/gm;

function formulaAt(
  text: string,
  { 0: mark, index }: RegExpExecArray,
  closers: ClosingMarks,
): { tex: string; end: number } | null {
  const start = index + mark.length;
  const closer = { $$: '$$', '\\[': '\\]', '\\(': '\\)' }[mark];
  if (closer) {
    const close = closers.after(start, closer);
    return close === null ? null : { tex: text.slice(start, close), end: close + closer.length };
  }
  if (mark !== '$' || /[\s$]/.test(text[start] ?? ' ')) return null;
  const line = closers.after(start, '\n') ?? text.length;
  const close = closers.after(start, '$');
  if (close === null || close > line || /[\s\\]/.test(text[close - 1]) || /[\d$]/.test(text[close + 1] ?? ''))
    return null;
  return { tex: text.slice(start, close), end: close + 1 };
}

/** Where what a mark opens ends: a fence at its fellow or with the text, code between backticks at theirs. */
function endOf(text: string, { 0: mark, index, groups }: RegExpExecArray, closers: ClosingMarks): number {
  const start = index + mark.length;
  const { fence, ticks } = groups ?? {};
  if (fence) {
    const close = new RegExp(`^[ \\t>]*\\${fence[0]}{${fence.length},}[ \\t]*$`, 'gm');
    close.lastIndex = start;
    const found = close.exec(text);
    return found ? found.index + found[0].length : text.length;
  }
  if (!ticks) return start;
  const close = closers.after(start, ticks);
  return close === null ? start : close + ticks.length;
}

/** Finds closing marks within a paragraph; each stretch of the text is searched once for each mark. */
class ClosingMarks {
  readonly #text: string;
  #paragraphEnd = -1;
  readonly #next = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  after(start: number, mark: string): number | null {
    if (this.#paragraphEnd < start) this.#paragraphEnd = this.#find('\n\n', start);
    const found = this.#find(mark, start);
    return found > this.#paragraphEnd || found - start > LONGEST_FORMULA ? null : found;
  }

  #find(mark: string, start: number): number {
    const known = this.#next.get(mark) ?? -1;
    if (known >= start) return known;
    const found = this.#text.indexOf(mark, start);
    const place = found < 0 ? Number.POSITIVE_INFINITY : found;
    this.#next.set(mark, place);
    return place;
  }
}
