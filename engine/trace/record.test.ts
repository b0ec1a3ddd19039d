import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../types.js';
import { halvedKv, madeRecording, madeTrace, TRACED_MODEL } from './fixtures/made-trace.js';
import { MAX_SAMPLES, MAX_TOKENS, MAX_TURNS } from './format.js';
import { parseTrace } from './parse.js';
import { addSample, beginTurn, type Recording, recordEvent, withMessages, withoutText } from './record.js';
import { textAt } from './replay.js';
import { decodeRuns, encodeRuns } from './runs.js';
import { messagesAt } from './text.js';

describe('a recording', () => {
  it('has a clock that stands still between turns', () => {
    const { turns, samples } = madeTrace({ promptTokens: 10, answerTokens: 5 }, { promptTokens: 4, answerTokens: 5 });
    expect(turns.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 600],
      [600, 1200],
    ]);
    expect(samples.map(({ ms }) => ms)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 600, 700, 800, 900, 1000, 1100, 1200,
    ]);
    expect(turns[1]).toMatchObject({ number: 2, promptTokens: 19, reusedTokens: 15, end: 'done', dtype: 'int8' });
  });

  it('keeps one sample of a moment, and never goes back in time', () => {
    const recording = madeRecording([{ promptTokens: 10, answerTokens: 2 }]);
    const { samples } = recording.trace;
    const now = recording.zero + samples[samples.length - 1].ms;
    const same = addSample(recording, halvedKv(13, { generatedTokens: 3 }), now);
    expect(same.trace.samples).toHaveLength(samples.length);
    expect(same.trace.samples.at(-1)?.tokensSeen).toBe(13);
    expect(addSample(recording, halvedKv(13), now - 500).trace.samples.at(-1)?.ms).toBe(samples.at(-1)?.ms);
  });

  it('takes of many events a second ten at most, and the first of writing and the last of all', () => {
    const asked = { model: TRACED_MODEL, number: 1, date: new Date(0) };
    const timings = { prefillMs: 0, firstTokenMs: null, decodeMsPerToken: null };
    let recording: Recording | null = null;
    const see = (event: EngineEvent, now: number) => {
      recording = recordEvent(recording, event, asked, now);
    };
    see({ type: 'prefill', processed: 0, total: 9, reused: 0, kv: halvedKv(9, { reading: true }) }, 5);
    see({ type: 'prefill', processed: 9, total: 9, reused: 0, kv: halvedKv(9) }, 15);
    for (let token = 1; token <= 100; token++) {
      const kv = halvedKv(9 + token, { generatedTokens: token });
      see({ type: 'token', text: 'x', tokens: token, timings, kv }, 15 + token * 10);
    }
    const kv = halvedKv(110, { generatedTokens: 101 });
    const result = { text: '', promptTokens: 9, reusedTokens: 0, completionTokens: 101, seed: 1, timings, kv };
    see({ type: 'done', stopReason: 'maxTokens', result }, 1018);
    const { samples, turns } = (recording as unknown as Recording).trace;
    expect(samples.map(({ ms }) => ms)).toEqual([0, 10, 110, 210, 310, 410, 510, 610, 710, 810, 910, 1010, 1013]);
    expect(samples.at(-1)?.tokensSeen).toBe(110);
    expect(turns[0]).toMatchObject({ end: 'done', endMs: 1013 });
  });

  it('keeps to its limits; samples that stay are spread evenly, and the text of old turns stays whole', () => {
    const long = madeTrace({ promptTokens: 10, answerTokens: 2500, msPerToken: 10 });
    expect(long.samples).toHaveLength(MAX_SAMPLES);
    expect(long.thinned).toBe(2502 - MAX_SAMPLES);
    const gaps = long.samples.slice(1).map(({ ms }, i) => ms - long.samples[i].ms);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(40);
    expect(long.samples[0].ms).toBe(0);
    expect(long.samples.at(-1)?.tokensSeen).toBe(2510);

    const turns = MAX_TURNS + 30;
    const many = madeTrace(
      ...Array.from({ length: turns }, () => ({ promptTokens: 1, answerTokens: 1, text: 'abcdef' })),
    );
    expect(many.turns).toHaveLength(MAX_TURNS);
    expect(many.turns[0].number).toBe(31);
    expect(many.samples[0].turn).toBe(0);
    const last = textAt(many, many.samples.length - 1);
    expect(last?.ends).toHaveLength(2 * turns);
    expect(last?.text.startsWith('abcdef')).toBe(true);
    expect(messagesAt(many.turns, MAX_TURNS - 1)).toHaveLength(2 * turns);
    expect(parseTrace(JSON.stringify(many))).toEqual(many);
  });

  it('lets the oldest turn go where there is too much text', () => {
    const half = Math.ceil(MAX_TOKENS / 2) + 1;
    const one = madeRecording([{ promptTokens: half, answerTokens: 1, text: 'a' }]);
    const again = { number: 2, promptTokens: half, reusedTokens: 0, date: new Date(0), now: one.zero + 900_000 };
    const first = one.trace.turns[0].text;
    const two = addSample(beginTurn(one, again, halvedKv(half)), halvedKv(half), again.now);
    const turns = two.trace.turns.map((turn) => ({ ...turn, text: first }));
    const kept = addSample({ ...two, trace: { ...two.trace, turns } }, halvedKv(half), again.now + 100);
    expect(kept.trace.turns.map(({ number }) => number)).toEqual([2]);
  });

  it('knows what was said in each turn, also after an edit', () => {
    const recording = madeRecording([
      { promptTokens: 3, answerTokens: 1, text: 'abcd' },
      { promptTokens: 3, answerTokens: 1, text: 'abcdefgh' },
    ]);
    const edited = [
      { role: 'user' as const, content: 'question 1' },
      { role: 'assistant' as const, content: 'answer 1' },
      { role: 'user' as const, content: 'another question' },
    ];
    const { turns } = withMessages(recording, edited).trace;
    expect(turns[1].text).toMatchObject({ messagesKept: 2, messages: edited.slice(2) });
    expect(messagesAt(turns, 0)).toHaveLength(2);
    expect(messagesAt(turns, 1)).toEqual(edited);
    expect(withoutText(recording.trace).turns.map(({ text }) => text)).toEqual([null, null]);
  });
});

describe('runs', () => {
  it('give back what they were made of, with what was behind it', () => {
    const values = fc.array(fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(values, values, (now, before) => {
        const runs = encodeRuns(Uint32Array.from(now), encodeRuns(Uint32Array.from(before)));
        expect([...decodeRuns(runs)]).toEqual([...now, ...before.slice(now.length)]);
      }),
    );
  });
});
