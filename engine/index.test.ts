import path from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from './index.js';
import { liveNativeObjects } from './runtime/ort/ort-native.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import type { Engine, EngineEvent, GenerateRequest } from './types.js';

const modelPath = path.join(import.meta.dirname, 'testing/architectures/llama/model.gguf');
const request: GenerateRequest = { messages: [{ role: 'user', content: 'hello' }], sampling: { temperature: 0 } };

async function load(signal?: AbortSignal): Promise<Engine> {
  return createEngine({ modelPath, cacheFolder: path.join(await temporaryFolder(), 'cache'), threads: 1, signal });
}

async function rest(events: AsyncGenerator<EngineEvent, void, void>): Promise<EngineEvent[]> {
  const all: EngineEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test.each([
  ['before the prompt is read', 0],
  ['while the prompt is read', 1],
  ['while the answer is written', 4],
])('disposed of %s, with a step under way: the answer ends in aborted and nothing native is left', async (_, seen) => {
  const before = liveNativeObjects();
  const engine = await load();
  const events = engine.generate(request);
  for (let i = 0; i < seen; i++) await events.next();
  const step = events.next();
  await engine.dispose();
  expect(liveNativeObjects()).toBe(before);
  const { value } = await step;
  const later = [...(value ? [value] : []), ...(await rest(events))];
  expect(later.at(-1)?.type).toBe('aborted');
  expect(later.filter(({ type }) => type !== 'prefill' && type !== 'token')).toHaveLength(1);
});

test('disposed of while nobody reads on: does not wait for the reader', async () => {
  const engine = await load();
  const events = engine.generate(request);
  for (let i = 0; i < 3; i++) await events.next();
  await engine.dispose();
  expect((await rest(events)).map(({ type }) => type)).toEqual(['aborted']);
});

const conversation: GenerateRequest['messages'] = [...request.messages, { role: 'assistant', content: 'hello there' }];
const withQuestion = { ...request, messages: [...conversation, ...request.messages] };

test('a conversation that is read again is read whole, and the next message reuses it', async () => {
  const engine = await load();
  await rest(engine.generate(request));
  const events = await rest(engine.reread({ messages: conversation }));
  expect(events.at(-1)).toMatchObject({
    type: 'done',
    stopReason: 'read',
    result: { text: '', completionTokens: 0, reusedTokens: 0 },
  });
  const { tokensSeen } = engine.kvStats();
  expect(events.at(-1)).toMatchObject({ result: { promptTokens: tokensSeen } });
  const answer = (await rest(engine.generate(withQuestion))).at(-1);
  expect(answer).toMatchObject({ type: 'done', result: { reusedTokens: tokensSeen } });
  await engine.dispose();
});

test('a reading that is stopped leaves a memory that answers as a new one does', async () => {
  const engine = await load();
  const [fresh] = (await rest(engine.generate(withQuestion))).slice(-1);
  const stop = new AbortController();
  stop.abort();
  const events = await rest(engine.reread({ messages: conversation }, stop.signal));
  expect(events.at(-1)?.type).toBe('aborted');
  const [again] = (await rest(engine.generate(withQuestion))).slice(-1);
  const textOf = (event: EngineEvent) => (event.type === 'done' ? event.result.text : event.type);
  expect(textOf(again)).toBe(textOf(fresh));
  await engine.dispose();
});

test.each([
  ['beyond the content', [{ from: 0, to: 6 }]],
  ['of nothing', [{ from: 2, to: 2 }]],
  ['before it', [{ from: -1, to: 2 }]],
])('a pinned stretch %s is refused by its name', async (_, pinned) => {
  const engine = await load();
  const [event] = await rest(engine.generate({ messages: [{ role: 'user', content: 'hello', pinned }] }));
  expect(event).toMatchObject({ type: 'error', error: { code: 'REQUEST_INVALID' } });
  expect(event.type === 'error' && event.error.message).toContain('messages.0.pinned');
  await engine.dispose();
});

test('after it was disposed of, it refuses to answer, and may be disposed of again', async () => {
  const engine = await load();
  await Promise.all([engine.dispose(), engine.dispose()]);
  const events = await rest(engine.generate(request));
  expect(events).toMatchObject([{ type: 'error', error: { code: 'ENGINE_NOT_READY' }, result: null }]);
  expect(engine.kvStats().tokensSeen).toBe(0);
});

test('a load that is stopped while the session opens ends with the reason, and leaves nothing native', async () => {
  const before = liveNativeObjects();
  const stop = new AbortController();
  const folder = await temporaryFolder();
  const loading = createEngine({
    modelPath,
    cacheFolder: path.join(folder, 'cache'),
    signal: stop.signal,
    // Reported when all that is left is to open the session.
    onProgress: ({ phase }) => {
      if (phase === 'load') stop.abort(new Error('no longer wanted'));
    },
  });
  await expect(loading).rejects.toThrow('no longer wanted');
  expect(liveNativeObjects()).toBe(before);
});
