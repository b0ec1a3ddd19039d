import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readGguf } from '../model/gguf.js';
import type { ChatMessage } from '../types.js';
import { ChatTemplate } from './chat-template.js';
import { unicodeText } from './fixtures/unicode-text.js';
import { tokenizerFilesFromGguf } from './gguf-tokenizer.js';
import { Tokenizer } from './tokenizer.js';
import type { TokenizerFiles } from './tokenizer-files.js';

const MODEL = fileURLToPath(new URL('../../assets/models/SmolLM2-135M-Instruct.Q4_1.gguf', import.meta.url));
const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../testing/golden/${name}`, import.meta.url), 'utf8'));
const full = golden<{ text: string; tokenIds: number[] }>('full.json');
const chat = golden<{ messages: ChatMessage[]; promptIds: number[]; greedyIds: number[]; greedyText: string }>(
  'chat.json',
);

let files: TokenizerFiles;
let tokenizer: Tokenizer;

beforeAll(async () => {
  const { metadata } = await readGguf(MODEL);
  files = tokenizerFilesFromGguf(metadata);
  tokenizer = new Tokenizer(files);
});

test('golden text becomes the golden ids', () => {
  // The golden run read the beginning of the text.
  expect(tokenizer.encode(full.text).slice(0, full.tokenIds.length)).toEqual(full.tokenIds);
  expect(full.text.startsWith(tokenizer.decode(full.tokenIds))).toBe(true);
});

test('the golden conversation becomes the golden prompt, and its answer the golden text', () => {
  const prompt = new ChatTemplate(files, tokenizer).render(chat.messages);
  expect(tokenizer.encode(prompt, { addBos: prompt.addBos })).toEqual(chat.promptIds);
  expect(tokenizer.decode(chat.greedyIds)).toBe(chat.greedyText);
  expect(tokenizer.endTokenIds).toContain(chat.greedyIds.at(-1));
});

test('any text comes back, streamed in any pieces', () => {
  // This vocabulary has no tokens for the bytes of these characters; the reference leaves them out, too.
  const absent = /(?![\t\n\r])\p{Cc}|[\u{40000}-\u{bffff}]/gu;
  fc.assert(
    fc.property(unicodeText, (any) => {
      const text = any.replace(absent, '');
      const ids = tokenizer.encode(text);
      const detokenizer = tokenizer.detokenizer();
      const streamed = ids.map((id) => detokenizer.push(id)).join('') + detokenizer.flush();
      expect(streamed).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
      expect(tokenizer.decode(ids)).toBe(streamed);
    }),
    { numRuns: 300 },
  );
});

describe('a message of 1 MB', () => {
  const long = full.text.repeat(Math.ceil(2 ** 20 / full.text.length));

  test('has the ids that the library gives in one piece (a quarter of it, for time)', async () => {
    const whole = new HuggingFaceTokenizer(files.tokenizerJson, {});
    const quarter = long.slice(0, 2 ** 18);
    expect(await tokenizer.encodeAsync(quarter)).toEqual(whole.encode(quarter).ids);
  });

  test('leaves other work its turn every few milliseconds, and can be aborted', async () => {
    const gaps: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 1);
    await tokenizer.encodeAsync(long);
    clearInterval(timer);
    gaps.sort((a, b) => a - b);
    expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(50);

    const signal = AbortSignal.timeout(20);
    await expect(tokenizer.encodeAsync(long, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
