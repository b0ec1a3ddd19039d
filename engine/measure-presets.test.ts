import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from './index.js';
import { liveNativeObjects } from './runtime/ort/ort-native.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { writeTinyGguf } from './testing/tiny-model.js';
import type { Engine, EngineEvent, MeasuringEvent } from './types.js';

const textFile = path.resolve(import.meta.dirname, '../assets/texts/wikitext-2-test.txt');

let modelFolder: string;
let modelPath: string;
afterAll(() => rm(modelFolder, { recursive: true }));
beforeAll(async () => {
  modelFolder = await mkdtemp(path.join(tmpdir(), 'measured-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  modelPath = await writeTinyGguf(modelFolder, { layers: 6, seed: 7, metadata });
});

async function load(folder: string, more: { modelPath?: string; textFile?: string } = {}): Promise<Engine> {
  const engine = await createEngine({
    modelPath: more.modelPath ?? modelPath,
    cacheFolder: path.join(modelFolder, 'cache'),
    precision: 'float32',
    threads: 1,
    measuring: { folder, textFile: more.textFile ?? textFile },
  });
  onTestFinished(() => engine.dispose());
  return engine;
}

async function all<E>(events: AsyncGenerator<E, void, void>, onEvent: (event: E) => void = () => undefined) {
  const found: E[] = [];
  for await (const event of events) {
    found.push(event);
    onEvent(event);
  }
  return found;
}

const steps = (events: readonly MeasuringEvent[]) =>
  events.flatMap((event) => (event.type === 'measuring' ? [event.done] : []));

describe('measuring the presets of a model that has no profile', { timeout: 120_000 }, () => {
  test('stopped and begun again, also by another engine, it goes on where it was; the result stays', async () => {
    const folder = await temporaryFolder();
    const first = await load(folder);
    expect(first.presets.every(({ measured }) => measured === null)).toBe(true);
    const planned = await first.measuringProgress();
    expect(planned).toMatchObject({ done: 0, msLeft: null });
    const stop = new AbortController();
    const begun = await all(first.measurePresets(stop.signal), (event) => {
      if (event.type === 'measuring' && event.done === 5) stop.abort();
    });
    expect(begun.at(-1)).toEqual({ type: 'aborted' });
    await first.dispose();

    const second = await load(folder);
    expect(await second.measuringProgress()).toEqual({ ...planned, done: 5 });
    const resumed = await all(second.measurePresets());
    expect(resumed.at(-1)).toEqual({ type: 'done' });
    expect(steps(resumed)[0]).toBe(5);
    expect(steps(resumed).at(-1)).toBe(planned?.total);
    const { presets } = second;
    expect(presets.map(({ name, measured }) => [name, measured?.continuation.map((row) => row.windows)])).toEqual([
      ['off', undefined],
      ['faithful', [6]],
      ['balanced', [6]],
      ['compact', [6]],
      ['paper', [6]],
    ]);
    expect(presets[3].measured?.continuation[0].keptFraction).toBeLessThan(0.5);
    expect(await second.measuringProgress()).toBeNull();
    await second.dispose();

    const third = await load(folder);
    expect(third.presets).toEqual(presets);
    await third.dispose();
    expect(liveNativeObjects()).toBe(0);

    const [name] = await readdir(folder);
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    // A preset that is another one than it was when it was measured.
    const profile = JSON.parse(text);
    profile.presets.compact.config.policy.cache.share = 0.3;
    await writeFile(file, JSON.stringify(profile));
    const changed = await load(folder);
    expect(changed.presets.map(({ measured }) => measured !== null)).toEqual([false, true, true, false, true]);
    expect(await changed.measuringProgress()).toMatchObject({ done: 0 });
    await changed.dispose();

    await writeFile(file, text.slice(0, 100));
    expect((await load(folder)).presets.every(({ measured }) => measured === null)).toBe(true);
  });

  test('an answer goes first and is as it would be without; what it stopped is measured after it', async () => {
    const request = {
      messages: [{ role: 'user' as const, content: 'hello' }],
      sampling: { temperature: 0 },
      maxTokens: 8,
    };
    const ended = (events: readonly EngineEvent[]) => {
      const end = events.at(-1);
      return end?.type === 'done' ? end.result.text : end;
    };
    const alone = ended(await all((await load(await temporaryFolder())).generate(request)));

    const engine = await load(await temporaryFolder());
    let answered: Promise<EngineEvent[]> | null = null;
    const events = await all(engine.measurePresets(), (event) => {
      if (event.type === 'measuring' && event.done === 2) answered = all(engine.generate(request));
    });
    expect(ended((await answered) ?? [])).toBe(alone);
    expect(events.at(-1)).toEqual({ type: 'done' });
    expect(steps(events)).toEqual(steps(events).toSorted((a, b) => a - b));
  });

  test('what was kept in a file that is damaged is measured again', async () => {
    const folder = await temporaryFolder();
    const first = await load(folder);
    const stop = new AbortController();
    await all(first.measurePresets(stop.signal), (event) => {
      if (event.type === 'measuring' && event.done === 2) stop.abort();
    });
    const [name] = await readdir(folder);
    const kept = await readFile(path.join(folder, name), 'utf8');
    await writeFile(path.join(folder, name), kept.slice(0, -20));
    expect(await first.measuringProgress()).toMatchObject({ done: 0 });
  });

  test('unloading the model ends it', async () => {
    const engine = await load(await temporaryFolder());
    const events = await all(engine.measurePresets(), (event) => {
      if (event.type === 'measuring' && event.done === 1) void engine.dispose();
    });
    expect(events.at(-1)).toEqual({ type: 'aborted' });
    expect((await all(engine.measurePresets())).at(-1)).toMatchObject({ error: { code: 'ENGINE_NOT_READY' } });
  });

  test('it runs once at a time', async () => {
    const engine = await load(await temporaryFolder());
    const stop = new AbortController();
    const running = engine.measurePresets(stop.signal);
    await running.next();
    expect(await all(engine.measurePresets())).toMatchObject([{ type: 'error', error: { code: 'ENGINE_BUSY' } }]);
    stop.abort();
    await all(running);
  });

  test('a text that is missing or too short, and a context too short, are said', async () => {
    const folder = await temporaryFolder();
    const missing = await load(folder, { textFile: path.join(folder, 'nothing.txt') });
    expect(await all(missing.measurePresets())).toMatchObject([{ error: { code: 'REQUEST_INVALID' } }]);
    const brief = path.join(folder, 'brief.txt');
    await writeFile(brief, 'A few words.');
    expect((await all((await load(folder, { textFile: brief })).measurePresets())).at(-1)).toMatchObject({
      error: { code: 'TEXT_TOO_SHORT' },
    });
    const metadata = { 'llama.context_length': { type: 'u32', value: 256 } } as const;
    const engine = await load(folder, { modelPath: await writeTinyGguf(folder, { layers: 2, metadata }) });
    expect(await engine.measuringProgress()).toBeNull();
    expect(await all(engine.measurePresets())).toMatchObject([{ error: { code: 'REQUEST_INVALID' } }]);
  });
});
