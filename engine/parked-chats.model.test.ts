import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CACHE_FOLDER, DEFAULT_TEXT, modelPathOf } from './cli/places.js';
import { createEngine } from './index.js';
import type { ChatMessage, Engine, GenerateResult } from './types.js';

let folder: string;
let prose: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pyramid-parked-'));
  prose = await readFile(DEFAULT_TEXT, 'utf8');
});
afterAll(() => rm(folder, { recursive: true }));

const load = (parks: boolean) =>
  createEngine({
    modelPath: modelPathOf(undefined),
    cacheFolder: CACHE_FOLDER,
    ...(parks && { parking: { folder: path.join(folder, 'memories') } }),
  });

async function ask(engine: Engine, chatId: string, messages: readonly ChatMessage[]): Promise<GenerateResult> {
  const request = { chatId, messages, compression: { preset: 'compact' as const }, maxTokens: 8 };
  for await (const event of engine.generate({ ...request, sampling: { temperature: 0 } })) {
    if (event.type === 'done') return event.result;
    if (event.type === 'error') throw new Error(event.error.message);
  }
  throw new Error('The answer has no end.');
}

/** A chat in three turns, the last one asked twice; `between` comes before all but the first. */
async function chat(first: Engine, between: (engine: Engine) => Promise<Engine>) {
  let engine = first;
  const messages: ChatMessage[] = [{ role: 'user', content: `Sum this up: ${prose.slice(0, 1400)}` }];
  const seen: unknown[] = [];
  for (const next of ['What was left out?', 'Say it in one word.', null]) {
    if (seen.length > 0) engine = await between(engine);
    const { text, promptTokens, reusedTokens, kv } = await ask(engine, 'long', messages);
    const { rereadMs: _, ...memory } = engine.textMemory();
    seen.push({ text, promptTokens, reusedTokens, kv, memory });
    if (next !== null && seen.length < 3)
      messages.push({ role: 'assistant', content: text }, { role: 'user', content: next });
  }
  await engine.dispose();
  return seen;
}

test('a chat that is left at every turn, once for a new engine, is answered as if it had not been', async () => {
  const undisturbed = await chat(await load(false), (engine) => Promise.resolve(engine));
  let times = 0;
  const left = await chat(await load(true), async (engine) => {
    if (++times === 2) {
      await engine.dispose();
      return load(true);
    }
    await ask(engine, 'other', [{ role: 'user', content: 'Name three primary colors.' }]);
    return engine;
  });
  expect(left).toEqual(undisturbed);
});

test('it is taken up in a tenth of the time that reading it took, at most', async () => {
  const engine = await load(true);
  const { timings } = await ask(engine, 'timed', [{ role: 'user', content: prose.slice(0, 4000) }]);
  await ask(engine, 'other', [{ role: 'user', content: 'Name three primary colors.' }]);
  const start = performance.now();
  expect(await engine.parking.takeUp('timed')).toBe(true);
  expect(performance.now() - start).toBeLessThan(timings.prefillMs / 10);
  await engine.dispose();
});
