import type { ChatMemory } from '../runtime/chat-memory.js';
import { repeatPrompt } from '../text/repeat-prompt.js';
import type { Tokenizer } from '../text/tokenizer.js';

/** Does to a memory what idle time would. */
export type Compacting = (memory: ChatMemory, signal?: AbortSignal) => Promise<void>;

/** @param share of all tokens seen that is to stay, over all layers */
export function compactingTo(share: number, tokenizer: Tokenizer): Compacting {
  const prompt = repeatPrompt(tokenizer);
  return async (memory, signal) => {
    for await (const _ of memory.compact(share, prompt)) signal?.throwIfAborted();
  };
}
