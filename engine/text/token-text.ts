import type { Tokenizer } from './tokenizer.js';

/** The text of tokens, without control tokens, and where in it each of them ends. */
export interface TokenText {
  text: string;
  /** UTF-16 units; a token that only begins a character ends where it begins. [tokens] */
  ends: Uint32Array<ArrayBuffer>;
}

export function tokenText(tokens: readonly number[], tokenizer: Pick<Tokenizer, 'detokenizer'>): TokenText {
  const detokenizer = tokenizer.detokenizer();
  const ends = new Uint32Array(tokens.length);
  let text = '';
  tokens.forEach((token, i) => {
    text += detokenizer.push(token);
    ends[i] = text.length;
  });
  return { text: text + detokenizer.flush(), ends };
}
