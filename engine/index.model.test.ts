import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from './index.js';
import { compareWithReference } from './testing/compare-with-reference.js';
import { readGolden } from './testing/golden.js';
import { loadModel } from './testing/load-model.js';
import type { ChatMessage, Engine, EngineEvent, GenerateRequest } from './types.js';

const root = path.resolve(import.meta.dirname, '..');
const FULL = { kvType: 'float32', policy: { name: 'full' } } as const;
const modelPath = path.join(root, 'assets/models/SmolLM2-135M-Instruct.Q4_1.gguf');

describe('the default model against the float32 reference', () => {
  it('float32: top-10 logits and mean loss within 1e-3', async () => {
    const loaded = await loadModel(modelPath, 'float32');
    const memory = await loaded.memory(FULL);
    const { worstLogit, lossDifference } = await compareWithReference(memory);
    expect(worstLogit).toBeLessThan(1e-3);
    expect(Math.abs(lossDifference)).toBeLessThan(1e-3);
    await loaded.release();
  });

  it('default precision: mean KL to float32 at most .01', async () => {
    const loaded = await loadModel(modelPath, 'default');
    const memory = await loaded.memory(FULL);
    const { kl } = await compareWithReference(memory);
    expect(kl).toBeLessThan(0.01);
    expect(kl).toBeGreaterThan(0);
    await loaded.release();
  });
});

async function collect(engine: Engine, request: GenerateRequest, signal?: AbortSignal): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  for await (const event of engine.generate(request, signal)) events.push(event);
  return events;
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const greedy = { temperature: 0 };
const isEnd = ({ type }: EngineEvent) => type === 'done' || type === 'aborted' || type === 'error';
const textOf = (events: EngineEvent[]) => events.map((event) => (event.type === 'token' ? event.text : '')).join('');

function resultOf(events: EngineEvent[]) {
  expect(events.filter(isEnd)).toHaveLength(1);
  const end = events.at(-1);
  if (end?.type !== 'done' && end?.type !== 'aborted') throw new Error(`ended with ${JSON.stringify(end)}`);
  expect(textOf(events)).toBe(end.result.text);
  return end.result;
}

function errorOf(events: EngineEvent[]) {
  expect(events.filter(isEnd)).toHaveLength(1);
  const end = events.at(-1);
  if (end?.type !== 'error') throw new Error(`ended with ${end?.type}`);
  return end.error;
}

describe('an answer of the default model', () => {
  let engine: Engine;
  /** float32, where the same tokens must come whatever was cached. */
  let exact: Engine;
  let cacheFolder: string;
  const load = (precision: 'default' | 'float32') => createEngine({ modelPath, cacheFolder, precision, threads: 2 });

  beforeAll(async () => {
    cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-engine-'));
    engine = await load('default');
    exact = await load('float32');
  });
  afterAll(async () => {
    await engine.dispose();
    await exact.dispose();
    await rm(cacheFolder, { recursive: true });
  });

  it('float32, greedy: the golden tokens', async () => {
    const { messages, greedyIds, greedyText } = await readGolden('chat.json');
    const result = resultOf(await collect(exact, { messages, sampling: greedy, maxTokens: 48 }));
    expect(result.text).toBe(greedyText);
    // The golden ids end with the end token, which is no part of the answer.
    expect(result.completionTokens).toBe(greedyIds.length - 1);
  });

  it('counts every layer’s cache as it grows', async () => {
    const events = await collect(engine, { messages: [user('Count to five.')], sampling: greedy, maxTokens: 12 });
    const tokens = events.filter((event) => event.type === 'token');
    expect(tokens.length).toBeGreaterThan(3);
    for (const { kv } of tokens) {
      expect(kv.layers).toHaveLength(30);
      expect(new Set(kv.layers.map((layer) => layer.tokens))).toEqual(new Set([kv.tokensSeen]));
      expect(kv.fullFp16Bytes).toBe(kv.tokensSeen * 23_040);
      // Half a byte for a byte, and one float32 scale for each of a layer's 2 · 192 channels.
      expect(kv.bytesInUse).toBe(kv.fullFp16Bytes / 2 + 30 * 384 * 4);
      expect(kv.dtype).toBe('int8');
      expect(kv.bytesAllocated).toBeGreaterThanOrEqual(kv.bytesInUse);
    }
    expect(tokens.at(-1)?.kv.tokensSeen).toBe((tokens[0]?.kv.tokensSeen ?? 0) + tokens.length - 1);
  });

  it('prefills only what is new in a second turn, and answers as if it had read everything anew', async () => {
    const first = [user('Name a colour of the sky.')];
    const answer = resultOf(await collect(exact, { messages: first, sampling: greedy, maxTokens: 20 }));
    const messages = [...first, assistant(answer.text), user('And another one?')];
    const second = resultOf(await collect(exact, { messages, sampling: greedy, maxTokens: 20 }));
    expect(second.reusedTokens).toBeGreaterThanOrEqual(answer.promptTokens);
    expect(second.promptTokens - second.reusedTokens).toBeLessThan(40);

    resultOf(await collect(exact, { messages: [user('Something else.')], sampling: greedy, maxTokens: 1 }));
    const anew = resultOf(await collect(exact, { messages, sampling: greedy, maxTokens: 20 }));
    expect(anew.reusedTokens).toBeLessThan(answer.promptTokens);
    expect(anew.text).toBe(second.text);
  });

  it('reads a system prompt as the template has it, reuses it over turns, and reads anew when it is changed', async () => {
    const ask = async (system: string | null, turns: ChatMessage[]) => {
      const messages: ChatMessage[] = [...(system ? [{ role: 'system' as const, content: system }] : []), ...turns];
      return resultOf(await collect(exact, { messages, sampling: greedy, maxTokens: 8 }));
    };
    const question = user('Which bird is that?');
    const without = await ask(null, [question]);
    const first = await ask('Answer as the keeper of a lighthouse.', [question]);
    expect(first.promptTokens).not.toBe(without.promptTokens);
    expect(exact.textMemory().text).toMatch(/^system\nAnswer as the keeper of a lighthouse\.\nuser\n/);
    const turns = [question, assistant(first.text), user('And now?')];
    const second = await ask('Answer as the keeper of a lighthouse.', turns);
    expect(second.reusedTokens).toBeGreaterThanOrEqual(first.promptTokens);
    // Of another prompt only what stands before its words is the same.
    const changed = await ask('Only say how many legs it has.', turns);
    expect(changed.reusedTokens).toBeLessThan(5);
    expect(exact.textMemory().text).not.toContain('lighthouse');
    expect(exact.runtime.takesSystemMessages).toBe(true);
  });

  it('forgets what was edited: the cache is cut at the first changed token', async () => {
    await collect(exact, { messages: [user('The code word is heron. Say it.')], sampling: greedy, maxTokens: 8 });
    const edited = { messages: [user('The code word is otter. Say it.')], sampling: greedy, maxTokens: 8 };
    const after = resultOf(await collect(exact, edited));
    const fresh = await load('float32');
    expect(after.text).toBe(resultOf(await collect(fresh, edited)).text);
    expect(after.reusedTokens).toBeLessThan(after.promptTokens - 4);
    await fresh.dispose();
  });

  it.each([1, 256 - 30])(
    'same seed, same text, also with the prompt cached; another seed, another text (%i words)',
    async (words) => {
      const messages = [user(`Invent a town.${' gull'.repeat(words)}`)];
      const ask = (seed: number) => collect(engine, { messages, sampling: { temperature: 1.2, seed }, maxTokens: 40 });
      const [once, again, other] = [await ask(7), await ask(7), await ask(8)].map(resultOf);
      expect(again.text).toBe(once.text);
      expect(again.reusedTokens).toBe(once.promptTokens);
      expect(other.text).not.toBe(once.text);
    },
  );

  it('ends before a stop string, and says so', async () => {
    const request = { messages: [user('Name three primary colors.')], sampling: greedy, maxTokens: 40 };
    const whole = resultOf(await collect(engine, request)).text;
    const stop = whole.slice(10, 14);
    const events = await collect(engine, { ...request, stop: [stop] });
    expect(events.at(-1)).toMatchObject({ type: 'done', stopReason: 'stopString' });
    expect(resultOf(events).text).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  it('ends at maxTokens, and at the end of the context', async () => {
    const few = await collect(engine, { messages: [user('Tell a long story.')], sampling: greedy, maxTokens: 5 });
    expect(few.at(-1)).toMatchObject({ type: 'done', stopReason: 'maxTokens', result: { completionTokens: 5 } });

    const small = await createEngine({ modelPath, cacheFolder, contextLength: 64 });
    const full = await collect(small, { messages: [user('Tell a long story.')], sampling: greedy });
    expect(full.at(-1)).toMatchObject({ type: 'done', stopReason: 'contextFull', result: { kv: { tokensSeen: 64 } } });
    await small.dispose();
  });

  it('stops within one token, keeps what was written, and can go on', async () => {
    const stop = new AbortController();
    const events: EngineEvent[] = [];
    for await (const event of engine.generate(
      { messages: [user('Tell a long story.')], sampling: greedy },
      stop.signal,
    )) {
      events.push(event);
      if (event.type === 'token' && event.tokens === 6) stop.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'aborted', result: { completionTokens: 6 } });
    const text = resultOf(events).text;
    const whole = await collect(engine, { messages: [user('Tell a long story.')], sampling: greedy, maxTokens: 12 });
    expect(resultOf(whole).text.startsWith(text)).toBe(true);
  });

  it('stops within one prefill chunk, and leaves the event loop free meanwhile', async () => {
    const text = 'The tide gauge was read every hour by the harbour master. '.repeat(250);
    const stop = new AbortController();
    const delays: number[] = [];
    let last = performance.now();
    const ticking = setInterval(() => {
      delays.push(performance.now() - last);
      last = performance.now();
    }, 5);
    const seen: number[] = [];
    const events: EngineEvent[] = [];
    for await (const event of engine.generate({ messages: [user(text)] }, stop.signal)) {
      events.push(event);
      if (event.type === 'prefill') seen.push(event.processed);
      if (seen.length === 30) stop.abort();
    }
    clearInterval(ticking);
    expect(events.at(-1)?.type).toBe('aborted');
    expect(seen).toHaveLength(30);
    expect(seen[29]).toBeLessThan(0.2 * resultOf(events).promptTokens);
    expect(resultOf(events).promptTokens).toBeGreaterThan(2000);
    // Ticks in between prove that the chunks ran elsewhere.
    expect(delays.length).toBeGreaterThan(10);
  });

  it('aborted before it begins: ends at once', async () => {
    const events = await collect(engine, { messages: [user('Hello')] }, AbortSignal.abort());
    expect(events.at(-1)).toMatchObject({ type: 'aborted', result: { completionTokens: 0, text: '' } });
  });

  it('refuses a second request while one runs, and the first goes on', async () => {
    const first = engine.generate({ messages: [user('Count to ten.')], sampling: greedy, maxTokens: 10 });
    await first.next();
    const busy = await collect(engine, { messages: [user('Hello')] });
    expect(busy).toHaveLength(1);
    expect(errorOf(busy).code).toBe('ENGINE_BUSY');
    const rest: EngineEvent[] = [];
    for await (const event of first) rest.push(event);
    expect(rest.at(-1)?.type).toBe('done');
  });

  it('is free again when the reader goes away in the middle', async () => {
    for await (const event of engine.generate({ messages: [user('Tell a story.')] })) if (event.type === 'token') break;
    const after = await collect(engine, { messages: [user('Hello')], sampling: greedy, maxTokens: 3 });
    expect(resultOf(after).completionTokens).toBe(3);
  });

  it('refuses a prompt that is too long, by how much, before any work', async () => {
    const before = engine.kvStats();
    const error = errorOf(await collect(engine, { messages: [user('gull '.repeat(9000))] }));
    expect(error.code).toBe('PROMPT_TOO_LONG');
    const { promptTokens, contextLength, excess } = error.details ?? {};
    expect(contextLength).toBe(8192);
    expect(excess).toBe(Number(promptTokens) + 1 - 8192);
    expect(error.message).toContain(String(excess));
    expect(engine.kvStats()).toEqual(before);
  });

  it('refuses a message of 1 MB with the same words, without freezing', async () => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const error = errorOf(await collect(engine, { messages: [user('A message of a megabyte. '.repeat(42_000))] }));
    clearInterval(ticking);
    expect(error.code).toBe('PROMPT_TOO_LONG');
    // A blocked event loop would have let none in before the end.
    expect(ticks).toBeGreaterThan(1);
  });

  it.each<[string, string, unknown]>([
    ['no messages', 'PROMPT_EMPTY', { messages: [] }],
    ['an empty message', 'PROMPT_EMPTY', { messages: [user(' \n')] }],
    ['a role that does not exist', 'REQUEST_INVALID', { messages: [{ role: 'wizard', content: 'Hello' }] }],
    ['content that is no text', 'REQUEST_INVALID', { messages: [{ role: 'user', content: 5 }] }],
    ['a temperature below zero', 'REQUEST_INVALID', { messages: [user('Hello')], sampling: { temperature: -1 } }],
    ['an empty stop string', 'REQUEST_INVALID', { messages: [user('Hello')], stop: [''] }],
    ['no tokens to write', 'REQUEST_INVALID', { messages: [user('Hello')], maxTokens: 0 }],
  ])('refuses %s', async (_, code, request) => {
    expect(errorOf(await collect(engine, request as GenerateRequest)).code).toBe(code);
  });

  it('takes invalid UTF-16 as the replacement character', async () => {
    const broken = resultOf(
      await collect(engine, { messages: [user('Say \ud800 again.')], sampling: greedy, maxTokens: 5 }),
    );
    const replaced = resultOf(
      await collect(engine, { messages: [user('Say \ufffd again.')], sampling: greedy, maxTokens: 5 }),
    );
    expect(broken.text).toBe(replaced.text);
    expect(replaced.reusedTokens).toBe(replaced.promptTokens);
  });

  it('runs with as much context as it is allowed and has', async () => {
    const long = await createEngine({ modelPath, cacheFolder, contextLength: 100_000 });
    expect(long.runtime.contextLength).toBe(8192);
    expect(long.kvStats().contextLength).toBe(8192);
    const costs = long.contextCosts({ preset: 'compact' });
    expect(costs.map(({ contextLength }) => contextLength)).toEqual([1024, 2048, 4096, 8192]);
    expect(costs[3].kvBytes).toBeLessThan(costs[3].fullFp16Bytes / 2);
    await long.dispose();
    await expect(createEngine({ modelPath, cacheFolder, contextLength: 0.5 })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});
