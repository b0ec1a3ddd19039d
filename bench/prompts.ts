import { findModelFiles } from '../engine/model/model-files.js';
import { readSourceModel } from '../engine/model/source-model.js';
import { readGolden } from '../engine/testing/golden.js';
import { ChatTemplate } from '../engine/text/chat-template.js';
import { Tokenizer } from '../engine/text/tokenizer.js';
import type { Prompt } from './peer.js';

export interface PromptMaker {
  /** A prompt that is exactly so many tokens long; those of different rounds differ from their fourth token on. */
  (tokens: number, round: number): Prompt;
  of(messages: Prompt['messages']): Prompt;
}

/** What a user and an answer add to a chat: `tokens` more, or one more or less. */
export function follow(prompts: PromptMaker, chat: Prompt, tokens: number): Prompt {
  const turn = (words: number) =>
    prompts.of([
      ...chat.messages,
      { role: 'assistant', content: 'Go on.' },
      { role: 'user', content: `And${' then'.repeat(words)}?` },
    ]);
  const added = (words: number) => turn(words).tokenIds.length - chat.tokenIds.length;
  return turn(Math.max(1, 1 + tokens - added(1)));
}

export async function createPromptMaker(modelPath: string): Promise<PromptMaker> {
  const { tokenizer: files } = await readSourceModel(await findModelFiles(modelPath));
  const tokenizer = new Tokenizer(files);
  const template = new ChatTemplate(files, tokenizer);
  const words = (await readGolden('full.json')).text.trim().split(/\s+/);

  function of(messages: Prompt['messages']): Prompt {
    const { addBos, ...text } = template.render(messages);
    return { messages, tokenIds: tokenizer.encode(text, { addBos }) };
  }

  const prompt = (round: number, content: string) =>
    of([
      { role: 'system', content: `${round + 1}.` },
      { role: 'user', content },
    ]);

  const text = (count: number) =>
    `Retell this at length: ${Array.from({ length: count }, (_, i) => words[i % words.length]).join(' ')}`;

  const exactly = (tokens: number, round: number) => {
    // A word is one token or more, so that `tokens` words are too many.
    let [fitting, tooMany] = [0, tokens];
    while (tooMany - fitting > 1) {
      const middle = Math.floor((fitting + tooMany) / 2);
      if (prompt(round, text(middle)).tokenIds.length <= tokens) fitting = middle;
      else tooMany = middle;
    }
    const missing = tokens - prompt(round, text(fitting)).tokenIds.length;
    const made = prompt(round, text(fitting) + ' a'.repeat(Math.max(0, missing)));
    if (made.tokenIds.length === tokens) return made;
    throw new Error(`No prompt of ${tokens} tokens could be made; the nearest has ${made.tokenIds.length}.`);
  };
  return Object.assign(exactly, { of });
}
