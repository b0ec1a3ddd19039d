import { EngineError } from '../errors.js';
import type { Tokenizer } from '../text/tokenizer.js';
import type { ChatMessage } from '../types.js';

interface Conversation {
  messages: readonly ChatMessage[];
  tokenizer: Tokenizer;
  signal?: AbortSignal;
}

/** @throws what `lengthProblem` finds */
export async function checkLength(promptTokens: number, contextLength: number, of: Conversation): Promise<void> {
  const problem = await lengthProblem(promptTokens, contextLength, of);
  if (problem) throw problem;
}

/**
 * What keeps a prompt from being read, saying by how much; room for one token of answer is needed.
 * @returns EngineError SYSTEM_PROMPT_TOO_LONG where most of it is the system prompt, else PROMPT_TOO_LONG; null: it fits
 */
export async function lengthProblem(
  promptTokens: number,
  contextLength: number,
  { messages, tokenizer, signal }: Conversation,
): Promise<EngineError | null> {
  const excess = promptTokens + 1 - contextLength;
  if (excess <= 0) return null;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const systemTokens = (await tokenizer.encodeAsync(system.join('\n'), { addBos: false, signal })).length;
  if (2 * systemTokens > promptTokens) {
    const least = Math.min(excess, systemTokens);
    return new EngineError(
      'SYSTEM_PROMPT_TOO_LONG',
      `The system prompt is ${systemTokens} tokens long, of ${promptTokens} that are to be read; the model's context holds ${contextLength}, one of them for the answer. Shorten the system prompt by ${least} tokens.`,
      { systemTokens, promptTokens, contextLength, excess: least },
    );
  }
  return new EngineError(
    'PROMPT_TOO_LONG',
    `The conversation is ${promptTokens} tokens long; the model's context holds ${contextLength}, one of them for the answer. Shorten it by ${excess} tokens, or start a new chat.`,
    { promptTokens, contextLength, excess },
  );
}
