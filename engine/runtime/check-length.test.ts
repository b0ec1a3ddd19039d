import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineErrorShape } from '../errors.js';
import { createEngine } from '../index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import type { ChatMessage, Engine } from '../types.js';

const modelPath = path.join(import.meta.dirname, '../testing/architectures/llama/model.gguf');
let engine: Engine;
beforeEach(async () => {
  engine = await createEngine({ modelPath, cacheFolder: path.join(await temporaryFolder(), 'cache'), threads: 1 });
});
afterEach(() => engine.dispose());

const words = (count: number) => 'hello '.repeat(count);
const talk = (system: number, question: number): ChatMessage[] => [
  { role: 'system', content: words(system) },
  { role: 'user', content: words(question) },
];

async function refusal(messages: readonly ChatMessage[]): Promise<EngineErrorShape | null> {
  for await (const event of engine.generate({ messages, maxTokens: 1 })) if (event.type === 'error') return event.error;
  return null;
}

describe('what is too long to be read', () => {
  it.each([
    ['a system prompt alone', 3000, 1, 'SYSTEM_PROMPT_TOO_LONG'],
    ['a system prompt that is most of it', 1600, 1400, 'SYSTEM_PROMPT_TOO_LONG'],
    ['a message beside a shorter system prompt', 1400, 1700, 'PROMPT_TOO_LONG'],
    ['a message alone', 0, 3000, 'PROMPT_TOO_LONG'],
  ])('%s', async (_, system, question, code) => {
    const messages = talk(system, question).filter(({ content }) => content !== '');
    const { contextLength } = engine.runtime;
    const error = await refusal(messages);
    expect(error?.code).toBe(code);
    const { promptTokens, excess, systemTokens } = error?.details ?? {};
    expect(promptTokens).toBeGreaterThan(contextLength);
    expect(error?.message).toContain(`by ${excess} tokens`);
    // Without so many tokens it fits, or the whole of the system prompt is too much.
    expect(excess).toBe(Math.min(Number(promptTokens) + 1 - contextLength, Number(systemTokens ?? Infinity)));
  });

  it('the outlook of a draft says so of a system prompt; of all else it has the figures', async () => {
    await expect(engine.forecast({ messages: talk(3000, 1) })).rejects.toMatchObject({
      code: 'SYSTEM_PROMPT_TOO_LONG',
    });
    const { promptTokens, contextLength } = await engine.forecast({ messages: talk(1, 3000) });
    expect(promptTokens).toBeGreaterThan(contextLength);
  });
});
