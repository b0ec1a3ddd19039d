import { EngineError } from '../errors.js';
import type { Tokenizer } from '../text/tokenizer.js';

/** A stretch of text: what is read as a prompt, and what comes next in it. */
export interface TextWindow {
  /** Token ids. */
  prefix: readonly number[];
  continuation: readonly number[];
}

export interface WindowPlan {
  /** Tokens of each window's prompt, the bos token included where the model begins texts with one. */
  prefix: number;
  /** Tokens behind it that are predicted one by one. */
  continuation: number;
  windows: number;
}

/** Token ids of a text in which nothing is a control token. @throws the signal's reason */
export function encodeText(tokenizer: Tokenizer, text: string, signal?: AbortSignal): Promise<number[]> {
  const { stretches, guard } = tokenizer.guard([text]);
  return tokenizer.encodeAsync({ text: stretches[0], guard }, { signal });
}

/**
 * Windows spread evenly from the text's beginning to its end; they overlap only where the text is too short for so many.
 * @param bosTokenId first token of each window; null: none
 * @throws EngineError TEXT_TOO_SHORT for a text of less than one window
 */
export function cutWindows(
  tokens: readonly number[],
  { prefix, continuation, windows }: WindowPlan,
  bosTokenId: number | null,
): TextWindow[] {
  const bos = bosTokenId === null ? [] : [bosTokenId];
  const needed = prefix - bos.length + continuation;
  if (tokens.length < needed) {
    throw new EngineError(
      'TEXT_TOO_SHORT',
      `The text has ${tokens.length} tokens, and one window of ${prefix} + ${continuation} needs ${needed}. ` +
        'Give a longer text, or a smaller prefix or continuation.',
      { tokens: tokens.length, needed },
    );
  }
  const room = tokens.length - needed;
  return Array.from({ length: windows }, (_, index) => {
    const start = windows === 1 ? 0 : Math.floor((room * index) / (windows - 1));
    const split = start + prefix - bos.length;
    return { prefix: [...bos, ...tokens.slice(start, split)], continuation: tokens.slice(split, start + needed) };
  });
}
