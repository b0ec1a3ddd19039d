import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeCases } from './evaluate/make-cases.js';
import { createEngine } from './index.js';
import { seededRandom } from './sampling/random.js';
import type { ChatMessage, CompressionChoice, Engine, TidyingEvent } from './types.js';

const root = path.resolve(import.meta.dirname, '..');
const modelPath = path.join(root, 'assets/models/SmolLM2-135M-Instruct.Q4_1.gguf');
const wait = { timeout: 120_000, interval: 50 };

let folder: string;
let engine: Engine;
let free = 1e12;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidied-'));
  const options = { modelPath, cacheFolder: folder, contextLength: 2048 };
  engine = await createEngine({ ...options, freeBytes: () => free });
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

/** A chat of which no turn is written before idle time, if there is any, was spent. */
class Chat {
  private readonly messages: ChatMessage[] = [];

  constructor(private readonly compression: CompressionChoice) {}

  async say(content: string, maxTokens: number): Promise<string> {
    this.messages.push({ role: 'user', content });
    const request = { messages: this.messages, maxTokens, sampling: { temperature: 0 }, compression: this.compression };
    for await (const event of engine.generate(request)) {
      if (event.type !== 'done') continue;
      this.messages.push({ role: 'assistant', content: event.result.text });
      return event.result.text;
    }
    throw new Error('It was not answered.');
  }
}

/** @param during is run while idle time is spent */
async function inIdleTime<T>(during: (told: TidyingEvent[]) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const told: TidyingEvent[] = [];
  const tidying = engine.tidy((event) => told.push(event), { underLoad: true, signal: stop.signal });
  try {
    return await during(told);
  } finally {
    stop.abort();
    await tidying;
  }
}

const OTHER_QUESTIONS = [
  ...['What is the capital of France?', 'What do bees make?', 'How many legs has a spider?', 'What is ice made of?'],
  ...['Who wrote Hamlet?', 'What is the largest ocean?', 'Name a fruit.', 'What is two and two?', 'Name a tree.'],
  'What is the opposite of up?',
];

/** A page of an encyclopedia in which access codes are hidden, and the question for one of them. */
async function longText(): Promise<{ content: string; question: string; code: string }> {
  const prose = await readFile(path.join(root, 'assets/texts/wikitext-2-test.txt'), 'utf8');
  const tokens = (text: string) => Math.ceil(text.length / 4.3);
  const [{ context, questions }] = makeCases(prose, { cases: 1, facts: 6, tokens: 900 }, tokens, seededRandom(5));
  const [{ question, answer: code }] = questions;
  return { content: `${context}\n\nReply with OK.`, question, code };
}

/** Twelve turns, the second about the text. `rest`: between two of them. */
async function twelveTurns(budgetBytes: number, rest: () => Promise<void>) {
  const { content, question, code } = await longText();
  const chat = new Chat({ budgetBytes });
  await chat.say(content, 3);
  await rest();
  const answer = await chat.say(question, 16);
  for (const other of OTHER_QUESTIONS) {
    await rest();
    await chat.say(other, 8);
  }
  await rest();
  return { answer, code };
}

/** Of the text and what follows, less than a third in 8 bits. */
const BUDGET = 4_972_032;

describe('twelve turns about a long text, under a budget', { timeout: 400_000 }, () => {
  it('with idle time between them, the text is remembered that is lost without', async () => {
    const hasty = await twelveTurns(BUDGET, async () => undefined);
    expect(engine.kvStats().bytesInUse).toBeLessThanOrEqual(BUDGET);
    const tidied = await inIdleTime(async (told) => {
      const rest = () => vi.waitFor(() => expect(engine.kvStats().bytesInUse).toBeLessThanOrEqual(BUDGET), wait);
      const turns = await twelveTurns(BUDGET, rest);
      expect(told.filter(({ type }) => type === 'tidied').length).toBeGreaterThanOrEqual(1);
      return turns;
    });
    const kv = engine.kvStats();
    expect(kv.bytesInUse).toBeLessThanOrEqual(BUDGET);
    expect(kv.tokensSeen).toBeGreaterThan(1200);
    expect(hasty.answer).not.toContain(hasty.code);
    expect(tidied.answer).toContain(tidied.code);
  });
});

describe('where other programs need memory', () => {
  it('a chat under a preset goes from level to level, as far as .46; with enough of it, nowhere', async () => {
    const { content } = await longText();
    await new Chat({ preset: 'faithful' }).say(content, 3);
    const shares = [engine.kvStats().keptFraction];
    await inIdleTime(async (told) => {
      await new Promise((resolve) => setTimeout(resolve, 4000));
      expect(told).toEqual([]);
      free = 100e6;
      const tidied = () => told.flatMap((event) => (event.type === 'tidied' ? [event.kv.keptFraction] : []));
      await vi.waitFor(() => expect(tidied().at(-1)).toBeLessThanOrEqual(0.46), wait);
      shares.push(...tidied());
      free = 1e12;
    });
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares.at(-1)).toBeGreaterThan(0.44);
  });
});

describe('a message in mid-pass', () => {
  it('waits for a slice of some forty milliseconds at most', async () => {
    const { content } = await longText();
    const waits = await inIdleTime(async (told) => {
      const found: number[] = [];
      await new Chat({ budgetBytes: BUDGET }).say(`Once more: ${content}`, 3);
      for (let i = 0; i < 3; i++) {
        const before = told.length;
        await vi.waitFor(() => expect(told.length).toBeGreaterThan(before + 3), wait);
        const at = performance.now();
        // What it has to wait for, and nothing else: a request that is refused for what it asks.
        for await (const _ of engine.generate({ messages: [], compression: { budgetBytes: BUDGET } }));
        found.push(performance.now() - at);
      }
      return found;
    });
    // Each slice takes as long as the computer, which may have other things to do, lets it.
    expect(Math.min(...waits)).toBeLessThan(60);
  });
});
