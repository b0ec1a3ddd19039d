/** Tokens `from` … `to` − 1 of a text. */
export interface TokenSpan {
  from: number;
  to: number;
}
