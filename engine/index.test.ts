import path from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from './index.js';
import { liveNativeObjects } from './runtime/ort-c-api.js';
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
