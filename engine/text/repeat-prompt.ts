import type { Tokenizer } from './tokenizer.js';

/** Token ids that ask for a text once more. */
export interface RepeatPrompt {
  /** … from its beginning, which follows. */
  start: readonly number[];
  /** … from some words on, which follow. */
  goOn: readonly number[];
}

export function repeatPrompt(tokenizer: Tokenizer): RepeatPrompt {
  const ids = (text: string) => tokenizer.encode(text, { addBos: false });
  return {
    start: ids('\n\nRepeat the previous text exactly.\n\n'),
    goOn: ids('\n\nRepeat the previous text exactly, from these words on.\n\n'),
  };
}
