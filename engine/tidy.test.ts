import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createEngine } from './index.js';
import { liveNativeObjects } from './runtime/ort/ort-native.js';
import { writeTinyGguf } from './testing/tiny-model.js';
import type { ChatMessage, Engine, EngineEvent, GenerateRequest, TidyingEvent } from './types.js';

/** Half of what the text below takes in int8, or a little more. */
const BUDGET = 130_000;
const TEXT: ChatMessage = { role: 'user', content: 'the rain in the town and the sun on the sea '.repeat(20) };
const compression = { budgetBytes: BUDGET };

let folder: string;
let modelPath: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidied-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  modelPath = await writeTinyGguf(folder, { layers: 6, seed: 7, metadata });
});
afterAll(() => rm(folder, { recursive: true }));

/** An engine that tidies, and what it has told of that. */
async function load({ freeBytes = (): number => 1e12, tidies = true } = {}) {
  const stop = new AbortController();
  const options = { modelPath, cacheFolder: path.join(folder, 'cache'), precision: 'float32', threads: 1 } as const;
  const parking = { folder: path.join(folder, 'parked') };
  const engine = await createEngine({ ...options, parking, freeBytes });
  const told: TidyingEvent[] = [];
  const tidying = tidies
    ? engine.tidy((event) => told.push(event), { underLoad: true, signal: stop.signal })
    : Promise.resolve();
  onTestFinished(async () => {
    stop.abort();
    await tidying;
    await engine.dispose();
  });
  const heard = (type: TidyingEvent['type']) => told.filter((event) => event.type === type);
  return { engine, told, heard, stop };
}

async function answer(engine: Engine, request: Partial<GenerateRequest> = {}): Promise<EngineEvent> {
  let last: EngineEvent | undefined;
  const asked = { messages: [TEXT], sampling: { temperature: 0 }, maxTokens: 8, compression, ...request };
  for await (const event of engine.generate(asked)) last = event;
  if (!last) throw new Error('It has no end.');
  return last;
}

const soon = { timeout: 10_000, interval: 20 };

test('a chat over its budget is brought under it in idle time, and says what that freed', async () => {
  const { engine, told, heard } = await load();
  await answer(engine);
  const before = engine.kvStats();
  expect(before.bytesInUse).toBeGreaterThan(BUDGET);
  expect(before.bytesInUse).toBeLessThanOrEqual(2 * BUDGET);
  expect(before).toMatchObject({ keptFraction: 1, budgetBytes: 2 * BUDGET, compression });
  await vi.waitFor(() => expect(heard('tidied')).toHaveLength(1), soon);
  const after = engine.kvStats();
  expect(after.bytesInUse).toBeLessThanOrEqual(BUDGET);
  expect(after.budgetBytes).toBe(BUDGET);
  expect(heard('tidied')).toEqual([{ type: 'tidied', freedBytes: before.bytesInUse - after.bytesInUse, kv: after }]);
  const parts = told.flatMap((event) => (event.type === 'tidying' ? [event.done / event.total] : []));
  expect(parts).toEqual([...parts].sort((a, b) => a - b));
  expect(parts.at(-1)).toBe(1);
  const planned = told.flatMap((event) => (event.type === 'tidying' ? [event.planned] : []));
  expect(new Set(planned.map(String)).size).toBe(1);
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  expect(sum(planned[0]) / sum(after.layers.map(({ tokens }) => tokens))).toBeCloseTo(1, 1);
  expect(engine.textMemory().droppedIn.filter((turn) => turn === 1).length).toBeGreaterThan(0);
  // Nothing asks for less.
  await pause(1500);
  expect(told.at(-1)?.type).toBe('tidied');
});

test('without idle time to be spent, a budget holds at once', async () => {
  const { engine } = await load({ tidies: false });
  await answer(engine);
  expect(engine.kvStats().bytesInUse).toBeLessThanOrEqual(BUDGET);
});

test('where there is no room to exceed it, a budget holds at once, too', async () => {
  let free = 1000;
  const { engine } = await load({ freeBytes: () => free });
  const refused = await answer(engine);
  free = Number(refused.type === 'error' && refused.error.details?.neededBytes);
  await answer(engine);
  expect(engine.kvStats().tokensSeen).toBeGreaterThan(500);
  expect(engine.kvStats().bytesInUse).toBeLessThanOrEqual(BUDGET);
});

test('a message in mid-pass goes first, and the pass starts over with what is said then', async () => {
  const { engine, told, heard } = await load();
  await answer(engine);
  await vi.waitFor(() => expect(heard('tidying').length).toBeGreaterThan(1), { ...soon, interval: 1 });
  const underway = told.length;
  const events = engine.generate({
    messages: [{ ...TEXT, content: `${TEXT.content}again` }],
    maxTokens: 8,
    compression,
  });
  await events.next();
  // At most the slice that ran; and what was held for the pass is let go of before anything is read.
  expect(told.length).toBeLessThanOrEqual(underway + 2);
  expect(told.at(-1)?.type).toBe('outdated');
  for await (const _ of events);
  await vi.waitFor(() => expect(heard('tidied')).toHaveLength(1), soon);
  expect(heard('outdated')).toHaveLength(1);
  expect(engine.kvStats().bytesInUse).toBeLessThanOrEqual(BUDGET);
});

test('what leaves the text as it is only interrupts: then it goes on where it was', async () => {
  const { engine, told, heard } = await load();
  await answer(engine);
  await vi.waitFor(() => expect(heard('tidying').length).toBeGreaterThan(1), { ...soon, interval: 1 });
  const refused = engine.generate({ messages: [], maxTokens: 8, compression });
  for await (const _ of refused);
  engine.composing();
  const underway = told.length;
  await pause(1000);
  expect(told.length).toBeLessThanOrEqual(underway + 1);
  await vi.waitFor(() => expect(heard('tidied')).toHaveLength(1), soon);
  const parts = told.flatMap((event) => (event.type === 'tidying' ? [event.done] : []));
  expect(parts).toEqual([...parts].sort((a, b) => a - b));
  expect(heard('outdated')).toEqual([]);
});

test('out of memory it is given up: the chat stays as it is until its text changes', async () => {
  let free = 1e12;
  const { engine, told, heard } = await load({ freeBytes: () => free });
  await answer(engine);
  const held = engine.kvStats();
  free = 1000;
  await vi.waitFor(() => expect(heard('error')).toHaveLength(1), soon);
  expect(heard('error')).toMatchObject([
    {
      error: {
        code: 'OUT_OF_MEMORY',
        message: expect.stringContaining('after the next message'),
        details: { freeBytes: free },
      },
    },
  ]);
  expect(engine.kvStats()).toEqual(held);
  free = 1e12;
  await pause(1500);
  expect(told.at(-1)?.type).toBe('error');
  await answer(engine);
  await vi.waitFor(() => expect(heard('tidied')).toHaveLength(1), soon);
});

test('what is pinned stays; a pass is begun only where it frees enough beside it', async () => {
  const { engine, heard } = await load();
  const pinned: ChatMessage = {
    role: 'user',
    content: 'the rain in the town and the sun on the sea '.repeat(12),
    pinned: true,
  };
  const other: ChatMessage = { role: 'user', content: 'the town by the sea and the sun in the rain '.repeat(8) };
  const reply: ChatMessage = { role: 'assistant', content: 'the sea' };
  await answer(engine, { messages: [pinned, reply, other] });
  await vi.waitFor(() => expect(heard('tidied')).toHaveLength(1), soon);
  const held = engine.kvStats();
  expect(held.bytesInUse).toBeGreaterThan(BUDGET);
  expect(held.keptFraction).toBeLessThan(0.87);
  // Every turn is above the budget, and none is worth another pass.
  await answer(engine, { messages: [pinned, reply, other, reply, { role: 'user', content: 'and the sun' }] });
  await pause(2000);
  expect(heard('tidying').length).toBeGreaterThan(1);
  expect(heard('tidied')).toHaveLength(1);
  expect(engine.kvStats().bytesInUse).toBeGreaterThan(held.bytesInUse);
});

test('a chat that is left before its turn came is tidied once it is looked at again', async () => {
  const { engine, told, heard } = await load();
  await answer(engine, { chatId: 'left' });
  await vi.waitFor(() => expect(heard('tidying').length).toBeGreaterThan(1), { ...soon, interval: 1 });
  await answer(engine, { chatId: 'short', messages: [{ role: 'user', content: 'the sea' }] });
  expect(told.at(-1)?.type).toBe('outdated');
  await pause(2500);
  expect(told.at(-1)?.type).toBe('outdated');
  expect(await engine.parking.takeUp('left')).toBe(true);
  expect(engine.kvStats()).toMatchObject({ keptFraction: 1, budgetBytes: 2 * BUDGET });
  await vi.waitFor(() => expect(heard('tidied')).toHaveLength(1), soon);
  expect(engine.kvStats().bytesInUse).toBeLessThanOrEqual(BUDGET);
});

test('disposed of in mid-pass nothing native is left', async () => {
  const before = liveNativeObjects();
  const { engine, heard } = await load();
  await answer(engine);
  await vi.waitFor(() => expect(heard('tidying').length).toBeGreaterThan(0), { ...soon, interval: 1 });
  await engine.dispose();
  expect(liveNativeObjects()).toBe(before);
});
