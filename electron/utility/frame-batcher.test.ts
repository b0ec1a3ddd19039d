import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GenerateResult, KvStats } from '../../engine/types.js';
import type { FrameBody } from '../ipc/frames.js';
import { FrameBatcher, KV_INTERVAL_MS, TEXT_INTERVAL_MS } from './frame-batcher.js';
import type { Clock } from './paced.js';

/** A clock that moves only when told. */
class HandClock implements Clock {
  #nowMs = 0;
  readonly #tasks = new Set<{ atMs: number; task: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  schedule(task: () => void, ms: number): () => void {
    const entry = { atMs: this.#nowMs + ms, task };
    this.#tasks.add(entry);
    return () => this.#tasks.delete(entry);
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#tasks].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#nowMs = due.atMs;
      this.#tasks.delete(due);
      due.task();
    }
    this.#nowMs = endMs;
  }
}

const timings = { prefillMs: 1, firstTokenMs: 2, decodeMsPerToken: 3 };
const requestId = 'r';

function kvOf(tokensSeen: number): KvStats {
  const bytes = tokensSeen * 8;
  return {
    tokensSeen,
    contextLength: 100,
    bytesInUse: bytes,
    bytesAllocated: 800,
    fullFp16Bytes: bytes,
    keptFraction: 1,
    dtype: 'float32',
    compression: { preset: 'off' },
    budgetBytes: null,
    generatedTokens: tokensSeen,
    reading: false,
    drops: 0,
    layers: [
      {
        tokens: tokensSeen,
        parts: { sinks: 0, pinned: 0, context: 0, recent: 0, generated: tokensSeen },
        lostAttention: null,
        oldest: 0,
        newest: tokensSeen - 1,
        bytes,
        bytesAllocated: 800,
      },
    ],
  };
}

function done(text: string, tokens: number): Extract<FrameBody, { type: 'end' }>['end'] {
  const result: GenerateResult = {
    text,
    promptTokens: 1,
    reusedTokens: 0,
    completionTokens: tokens,
    seed: 1,
    timings,
    kv: kvOf(tokens),
  };
  return { type: 'done', stopReason: 'endToken', result };
}

function setUp() {
  const clock = new HandClock();
  const frames: { atMs: number; body: FrameBody }[] = [];
  const batcher = new FrameBatcher(clock, (body) => frames.push({ atMs: clock.now(), body }));
  const say = (text: string, tokens: number): void => batcher.text({ requestId, text, tokens, timings });
  return { clock, frames, batcher, say };
}

test('the first token goes out at once; those that follow together', () => {
  const { clock, frames, batcher, say } = setUp();
  batcher.begin();
  say('Red', 1);
  expect(frames).toHaveLength(1);
  say(', ', 2);
  say('blue', 3);
  clock.advance(TEXT_INTERVAL_MS - 1);
  expect(frames).toHaveLength(1);
  clock.advance(1);
  expect(frames[1]).toEqual({
    atMs: TEXT_INTERVAL_MS,
    body: { type: 'text', requestId, text: ', blue', tokens: 3, timings },
  });
  clock.advance(1000);
  expect(frames).toHaveLength(2);
});

test('the first token of the next answer goes out at once, too', () => {
  const { frames, batcher, say } = setUp();
  batcher.begin();
  say('a', 1);
  batcher.end({ requestId, end: done('a', 1) });
  batcher.begin();
  say('b', 1);
  expect(frames.map(({ body }) => body.type)).toEqual(['text', 'end', 'text']);
});

test('what was held back comes before the end, and nothing after it', () => {
  const { clock, frames, batcher, say } = setUp();
  batcher.begin();
  for (const [index, text] of ['a', 'b', 'c'].entries()) {
    say(text, index + 1);
    batcher.kv({ requestId, kv: kvOf(index + 1) });
  }
  batcher.end({ requestId, end: done('abc', 3) });
  clock.advance(1000);
  expect(frames.map(({ body }) => body.type)).toEqual(['text', 'kv', 'text', 'kv', 'end']);
  expect(frames[2].body).toMatchObject({ text: 'bc', tokens: 3 });
  expect(frames[3].body).toMatchObject({ kv: { tokensSeen: 3 } });
});

test('reading progress never comes after the first token', () => {
  const { clock, frames, batcher, say } = setUp();
  batcher.begin();
  for (const processed of [10, 20, 30])
    batcher.prefill({ requestId, processed, total: 30, reused: 0, promptTokens: 9 });
  say('a', 1);
  clock.advance(1000);
  expect(frames.map(({ body }) => (body.type === 'prefill' ? body.processed : body.type))).toEqual([10, 30, 'text']);
});

test('loading progress is paced, its end is not', () => {
  const { clock, frames, batcher } = setUp();
  const progress = (fraction: number) =>
    ({
      state: 'loading',
      path: '/a',
      name: 'a',
      progress: { phase: 'load', fraction, bytesDone: 0, bytesTotal: 1 },
    }) as const;
  for (let percent = 0; percent < 100; percent++) {
    batcher.model(progress(percent / 100));
    clock.advance(1);
  }
  batcher.model({ state: 'none' });
  clock.advance(1000);
  expect(frames).toHaveLength(2);
  expect(frames[1]).toMatchObject({ atMs: 100, body: { model: { state: 'none' } } });
  // At the end of an answer the window asks for the next one, if it may.
  for (const fraction of [0, 1]) batcher.model(progress(fraction));
  batcher.end({ requestId, end: done('', 0) });
  expect(frames.slice(2).map(({ body }) => body.type)).toEqual(['model', 'model', 'end']);
});

/** The most frames of `times` within any one second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((start) => times.filter((atMs) => atMs >= start && atMs < start + 1000).length));
}

test('any answer: all its text, in order, at most 30 frames a second, 10 of statistics, the last ones, then the end', () => {
  const tokens = fc.array(fc.record({ text: fc.string({ maxLength: 4 }), waitMs: fc.integer({ min: 0, max: 60 }) }), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(tokens, (steps) => {
      const { clock, frames, batcher, say } = setUp();
      batcher.begin();
      for (const [index, { text, waitMs }] of steps.entries()) {
        clock.advance(waitMs);
        say(text, index + 1);
        batcher.kv({ requestId, kv: kvOf(index + 1) });
      }
      const whole = steps.map(({ text }) => text).join('');
      batcher.end({ requestId, end: done(whole, steps.length) });
      clock.advance(1000);
      const texts = frames.flatMap(({ atMs, body }) => (body.type === 'text' ? [{ atMs, body }] : []));
      const kvs = frames.flatMap(({ atMs, body }) => (body.type === 'kv' ? [{ atMs, body }] : []));
      expect(texts.map(({ body }) => body.text).join('')).toBe(whole);
      expect(texts[0].atMs).toBe(steps[0].waitMs);
      expect(kvs.at(-1)?.body.kv.tokensSeen).toBe(steps.length);
      expect(mostInASecond(texts.map(({ atMs }) => atMs))).toBeLessThanOrEqual(30);
      expect(mostInASecond(kvs.map(({ atMs }) => atMs))).toBeLessThanOrEqual(10);
      expect(frames.at(-1)?.body.type).toBe('end');
      expect(frames.filter(({ body }) => body.type === 'end')).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});

test('statistics that stop changing are shown as they last were', () => {
  const { clock, frames, batcher } = setUp();
  batcher.kv({ requestId: null, kv: kvOf(1) });
  batcher.kv({ requestId: null, kv: kvOf(2) });
  clock.advance(KV_INTERVAL_MS);
  expect(frames.map(({ body }) => (body.type === 'kv' ? body.kv.tokensSeen : body.type))).toEqual([1, 2]);
});
