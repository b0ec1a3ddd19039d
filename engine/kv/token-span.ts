/** Tokens `from` … `to` − 1 of a text. */
export interface TokenSpan {
  from: number;
  to: number;
}

/** The same places in spans that neither touch nor overlap, ascending. */
export function apart(spans: readonly TokenSpan[]): TokenSpan[] {
  const joined: TokenSpan[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Whether a place is in one of them. */
export function within(spans: readonly TokenSpan[]): (position: number) => boolean {
  return (position) => spans.some(({ from, to }) => position >= from && position < to);
}
