import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from './index.js';
import { liveNativeObjects } from './runtime/ort/ort-native.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { STEEP_PYRAMID } from './testing/tiny-loaded.js';
import { writeTinyGguf } from './testing/tiny-model.js';
import type {
  ChatCompression,
  ComparisonEvent,
  ComparisonOptions,
  ComparisonRequest,
  Engine,
  EngineEvent,
  GenerateRequest,
  SideName,
} from './types.js';

const STEEP: ChatCompression = {
  config: { kvType: 'int8', policy: { name: 'pyramidInfer', ...STEEP_PYRAMID } },
};
/** Long enough that tokens are dropped. */
const LONG = Array.from({ length: 40 }, (_, i) => `note ${i} of the gauge`).join(', ');
const messages = [{ role: 'user' as const, content: LONG }];
const request: ComparisonRequest = {
  messages,
  sampling: { temperature: 1, seed: 5 },
  maxTokens: 24,
  compression: STEEP,
  replyTokens: 24,
};

async function load(): Promise<Engine> {
  const folder = await temporaryFolder();
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  const modelPath = await writeTinyGguf(folder, { layers: 6, seed: 7, metadata });
  const cacheFolder = path.join(folder, 'cache');
  const engine = await createEngine({ modelPath, cacheFolder, precision: 'float32', threads: 1, compression: STEEP });
  onTestFinished(() => engine.dispose());
  return engine;
}

async function all<E>(events: AsyncGenerator<E, void, void>): Promise<E[]> {
  const found: E[] = [];
  for await (const event of events) found.push(event);
  return found;
}

const compare = (engine: Engine, more: Partial<ComparisonRequest> = {}, options?: ComparisonOptions) =>
  all(engine.compare({ ...request, ...more }, options));

async function answer(engine: Engine, asked: GenerateRequest) {
  const end = (await all(engine.generate(asked))).at(-1);
  if (end?.type !== 'done') throw new Error(`The answer ended in ${JSON.stringify(end)}.`);
  return end.result;
}

function sideResult(events: readonly ComparisonEvent[], side: SideName) {
  const ends = events.flatMap((event) =>
    event.type === 'side' && event.side === side && event.event.type === 'done' ? [event.event.result] : [],
  );
  expect(ends).toHaveLength(1);
  return ends[0];
}

const isEnd = ({ type }: ComparisonEvent) => type === 'done' || type === 'aborted' || type === 'error';

function endOf(events: readonly ComparisonEvent[]): ComparisonEvent {
  expect(events.filter(isEnd)).toHaveLength(1);
  const end = events.at(-1);
  if (!end || !isEnd(end)) throw new Error('The comparison ended without its end.');
  return end;
}

function writtenOf(events: readonly ComparisonEvent[]) {
  const written = events.find((event) => event.type === 'written');
  if (!written) throw new Error('The sides were not both written.');
  return written.divergence;
}

const typesOf = (events: readonly ComparisonEvent[], side: SideName): EngineEvent['type'][] =>
  events.flatMap((event) => (event.type === 'side' && event.side === side ? [event.event.type] : []));

test('each side is what an answer under its cache would be, and the first difference is where their texts part', async () => {
  const engine = await load();
  const events = await compare(engine);
  const [full, compressed] = [sideResult(events, 'full'), sideResult(events, 'compressed')];
  expect([full.seed, compressed.seed]).toEqual([5, 5]);
  expect(full.kv).toMatchObject({ dtype: 'float32', keptFraction: 1, compression: { preset: 'off' } });
  expect(compressed.kv.keptFraction).toBeLessThan(0.8);
  const again = { messages, sampling: request.sampling, maxTokens: 24 };
  expect(full.text).toBe((await answer(engine, { ...again, compression: { preset: 'off' } })).text);
  expect(compressed.text).toBe((await answer(engine, { ...again, compression: STEEP })).text);

  const divergence = writtenOf(events);
  if (!divergence) throw new Error('A random model under so steep a pyramid writes something else.');
  const { sameLength } = divergence;
  expect(full.text.slice(0, sameLength)).toBe(compressed.text.slice(0, sameLength));
  expect(full.text.slice(sameLength)).not.toBe(compressed.text.slice(sameLength));
  const end = endOf(events);
  if (end.type !== 'done') throw new Error(end.type);
  const { places, agreeing } = end.agreement;
  expect(places).toBe(compressed.completionTokens);
  expect(agreeing).toBeLessThan(places);
  const checks = events.flatMap((event) => (event.type === 'checking' ? [event.places] : []));
  expect(checks).toEqual(Array.from({ length: places }, (_, i) => i + 1));
});

test('caches that are the same agree everywhere, also where tokens are drawn', async () => {
  const engine = await load();
  const events = await compare(engine, { compression: { preset: 'off' } });
  expect(sideResult(events, 'full').text).toBe(sideResult(events, 'compressed').text);
  expect(writtenOf(events)).toBeNull();
  expect(endOf(events)).toEqual({ type: 'done', agreement: { places: 24, agreeing: 24 } });
});

test('where always the likeliest token is taken, both agree up to the first difference and not there', async () => {
  const engine = await load();
  const events = await compare(engine, { sampling: { temperature: 0 } });
  const sameTokens = writtenOf(events)?.sameTokens ?? Number.NaN;
  const end = endOf(events);
  if (end.type !== 'done') throw new Error(end.type);
  expect(end.agreement.agreeing).toBeGreaterThanOrEqual(sameTokens);
  expect(end.agreement.agreeing).toBeLessThan(end.agreement.places);
});

test('without a seed, both sides get the same one', async () => {
  const engine = await load();
  const events = await compare(engine, { sampling: { temperature: 1 } });
  expect(sideResult(events, 'full').seed).toBe(sideResult(events, 'compressed').seed);
});

test('the chat in memory stays: its next turn reuses it, and gives the text it would have given', async () => {
  const [engine, other] = [await load(), await load()];
  const greedy = { sampling: { temperature: 0 }, maxTokens: 12 };
  const turns = async (one: Engine, between: () => Promise<unknown>) => {
    const first = await answer(one, { messages, ...greedy });
    const before = one.kvStats();
    await between();
    expect(one.kvStats()).toEqual(before);
    const again = await answer(one, { messages, ...greedy });
    const next = await answer(one, {
      messages: [...messages, { role: 'assistant', content: again.text }, { role: 'user', content: 'and then' }],
      ...greedy,
    });
    return [first, again, next].map(({ text, reusedTokens, kv }) => ({ text, reusedTokens, held: kv.layers }));
  };
  const compared = await turns(engine, () => compare(engine));
  expect(compared).toEqual(await turns(other, async () => undefined));
  expect(compared[1].reusedTokens).toBeGreaterThan(200);
});

test.each<[string, (event: ComparisonEvent) => boolean, SideName[]]>([
  ['while the first side reads', ({ type }) => type === 'side', []],
  ['while the second side writes', (event) => event.type === 'side' && event.side === 'compressed', ['full']],
  ['while the choices are checked', ({ type }) => type === 'checking', ['full', 'compressed']],
])('stopped %s, it ends in aborted, keeps what was done, and the engine goes on', async (_, isThere, done) => {
  const engine = await load();
  const stop = new AbortController();
  const events: ComparisonEvent[] = [];
  for await (const event of engine.compare(request, { signal: stop.signal })) {
    events.push(event);
    if (isThere(event)) stop.abort();
  }
  expect(endOf(events)).toEqual({ type: 'aborted' });
  const sides = ['full', 'compressed'] as const;
  expect(sides.filter((side) => typesOf(events, side).includes('done'))).toEqual(done);
  expect((await answer(engine, { messages, maxTokens: 2, sampling: { temperature: 0 } })).completionTokens).toBe(2);
});

test('one at a time: neither an answer nor a second comparison begins beside it, nor it beside an answer', async () => {
  const engine = await load();
  const running = engine.compare(request);
  await running.next();
  expect(await all(engine.generate({ messages }))).toMatchObject([{ type: 'error', error: { code: 'ENGINE_BUSY' } }]);
  expect(await compare(engine)).toMatchObject([{ type: 'error', error: { code: 'ENGINE_BUSY' } }]);
  await running.return();
  const answering = engine.generate({ messages });
  await answering.next();
  expect(await compare(engine)).toMatchObject([{ type: 'error', error: { code: 'ENGINE_BUSY' } }]);
  await answering.return();
});

test('where both caches do not fit, nothing is read', async () => {
  const engine = await load();
  const { kvBytes, promptTokens } = await engine.forecastComparison(request);
  // 6 layers, 2 heads of 16, K and V in float32.
  expect(kvBytes.full).toBe((promptTokens + 24) * 6 * 2 * 2 * 16 * 4);
  expect(kvBytes.compressed).toBeLessThan(kvBytes.full / 4);
  const neededBytes = kvBytes.full + kvBytes.compressed;
  expect(await compare(engine, {}, { freeBytes: neededBytes - 1 })).toEqual([
    {
      type: 'error',
      error: {
        code: 'OUT_OF_MEMORY',
        message: expect.stringContaining('memory are free'),
        details: { neededBytes, freeBytes: neededBytes - 1 },
      },
    },
  ]);
  await expect(engine.forecastComparison(request, { freeBytes: 0 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  expect(endOf(await compare(engine, {}, { freeBytes: neededBytes }))).toMatchObject({ type: 'done' });
});

test('a chat that does not fit the context is refused', async () => {
  const engine = await load();
  const tooLong = [{ role: 'user' as const, content: LONG.repeat(8) }];
  expect(await compare(engine, { messages: tooLong })).toMatchObject([
    { type: 'error', error: { code: 'PROMPT_TOO_LONG' } },
  ]);
});

test('disposed of in its middle, it ends in aborted and leaves nothing native', async () => {
  const before = liveNativeObjects();
  const engine = await load();
  const events = engine.compare(request);
  for (let i = 0; i < 5; i++) await events.next();
  await engine.dispose();
  expect(liveNativeObjects()).toBe(before);
  expect((await all(events)).at(-1)).toEqual({ type: 'aborted' });
});
