import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineFrame, ModelState } from '../../../electron/ipc/frames.js';
import type { GenerateResult, GenerateTimings, ModelInfo } from '../../../engine/types.js';
import { kvOf } from '../fixtures/kv.js';
import { reduceEngineStatus, reduceFrame, reducePort } from './frames.js';
import { type Answer, type AppState, emptyChat, initialState, READING_BEGINS } from './state.js';

const timings: GenerateTimings = { prefillMs: 10, firstTokenMs: 12, decodeMsPerToken: 5 };

function resultOf(text: string): GenerateResult {
  return { text, promptTokens: 5, reusedTokens: 2, completionTokens: 3, seed: 7, timings, kv: kvOf(8) };
}

function running(): AppState {
  const answer: Answer = {
    id: 'a',
    role: 'assistant',
    text: '',
    hasHole: false,
    state: READING_BEGINS,
  };
  return {
    ...initialState('chat'),
    messages: { a: answer },
    chats: { chat: { ...emptyChat('chat'), title: 'Q', messageIds: ['a'] } },
    running: { answerId: 'a', chatId: 'chat' },
    lastSeq: 0,
  };
}

function answer(state: AppState): Answer {
  const message = state.messages.a;
  if (message?.role !== 'assistant') throw new Error('no answer');
  return message;
}

const text = (seq: number, piece: string, requestId = 'a'): EngineFrame => ({
  seq,
  type: 'text',
  requestId,
  text: piece,
  tokens: seq,
  timings,
});
const done = (seq: number, whole: string, requestId = 'a'): EngineFrame => ({
  seq,
  type: 'end',
  requestId,
  end: { type: 'done', stopReason: 'endToken', result: resultOf(whole) },
});

function play(state: AppState, frames: readonly EngineFrame[], now = 0): AppState {
  return frames.reduce((current, frame) => reduceFrame(current, frame, now), state);
}

describe('frames of a running answer', () => {
  it('joins texts and ends with the figures of the result', () => {
    const state = play(running(), [text(1, 'Red, '), text(2, 'green'), done(3, 'Red, green')]);
    expect(answer(state)).toMatchObject({ text: 'Red, green', state: { phase: 'done', figures: { seed: 7 } } });
    expect(state.running).toBeNull();
    expect(state.kvChatId).toBe('chat');
  });

  it('remembers when reading began, by the clock it is given', () => {
    const prefill = (seq: number, processed: number): EngineFrame => ({
      seq,
      type: 'prefill',
      requestId: 'a',
      processed,
      total: 100,
      reused: 4,
      promptTokens: 50,
    });
    const first = reduceFrame(running(), prefill(1, 20), 1000);
    const second = reduceFrame(first, prefill(2, 60), 1400);
    expect(answer(second).state).toEqual({
      phase: 'reading',
      processed: 60,
      total: 100,
      reused: 4,
      promptTokens: 50,
      since: 1000,
      first: 20,
    });
  });

  it('does not fall back to reading when a late prefill frame follows text', () => {
    const late: EngineFrame = {
      seq: 2,
      type: 'prefill',
      requestId: 'a',
      processed: 9,
      total: 9,
      reused: 0,
      promptTokens: 9,
    };
    expect(answer(play(running(), [text(1, 'x'), late])).state.phase).toBe('writing');
  });

  it('keeps an answer that was stopped, and one that failed without a result, with their text', () => {
    const stopped = play(running(), [
      text(1, 'half'),
      { seq: 2, type: 'end', requestId: 'a', end: { type: 'aborted', result: resultOf('half') } },
    ]);
    expect(answer(stopped)).toMatchObject({ text: 'half', state: { phase: 'stopped' } });
    const failed = play(running(), [
      text(1, 'half'),
      {
        seq: 2,
        type: 'end',
        requestId: 'a',
        end: { type: 'error', error: { code: 'RUNTIME_FAILED', message: 'no' }, result: null },
      },
    ]);
    expect(answer(failed)).toMatchObject({
      text: 'half',
      state: { phase: 'failed', error: { code: 'RUNTIME_FAILED' } },
    });
  });
});

describe('the sequence', () => {
  it('ignores a frame that comes twice', () => {
    expect(answer(play(running(), [text(1, 'a'), text(1, 'a'), text(2, 'b')])).text).toBe('ab');
  });

  it('marks the hole that a lost frame leaves, until the result fills it', () => {
    const holed = play(running(), [text(1, 'a'), text(3, 'c')]);
    expect(answer(holed)).toMatchObject({ text: 'ac', hasHole: true });
    expect(holed.lostFrames).toBe(1);
    expect(answer(reduceFrame(holed, done(4, 'abc'), 0))).toMatchObject({ text: 'abc', hasHole: false });
  });

  it('starts afresh with a new port', () => {
    const state = reducePort(play(running(), [text(1, 'a'), text(2, 'b')]));
    expect(answer(reduceFrame(state, text(0, 'c'), 0)).text).toBe('abc');
  });

  it('ends in the whole text whatever is lost or doubled on the way', () => {
    const pieces = fc.array(fc.record({ piece: fc.string(), times: fc.integer({ min: 0, max: 2 }) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(pieces, (sent) => {
        const frames = sent.flatMap(({ piece, times }, index) => Array(times).fill(text(index + 1, piece)));
        const whole = sent.map(({ piece }) => piece).join('');
        const before = play(running(), frames);
        const arrived = sent.map(({ piece, times }) => (times > 0 ? piece : '')).join('');
        expect(answer(before).text).toBe(arrived);
        const after = reduceFrame(before, done(sent.length + 1, whole), 0);
        expect(answer(after)).toMatchObject({ text: whole, hasHole: false });
        expect(after.running).toBeNull();
      }),
    );
  });
});

describe('frames that are not of the running answer', () => {
  it('changes nothing after the end', () => {
    const ended = play(running(), [text(1, 'a'), done(2, 'a')]);
    const late = play(ended, [text(3, 'more'), done(4, 'other'), { seq: 5, type: 'kv', requestId: 'a', kv: kvOf(99) }]);
    expect({ ...late, lastSeq: 0 }).toEqual({ ...ended, lastSeq: 0 });
  });

  it('changes nothing for another request', () => {
    const state = running();
    expect(reduceFrame(state, text(1, 'x', 'b'), 0)).toEqual({ ...state, lastSeq: 1 });
  });

  it('takes the statistics of an idle cache, which belong to no chat when it is empty', () => {
    const state = { ...running(), running: null, kvChatId: 'chat' };
    expect(reduceFrame(state, { seq: 1, type: 'kv', requestId: null, kv: kvOf(3) }, 0).kvChatId).toBe('chat');
    expect(reduceFrame(state, { seq: 1, type: 'kv', requestId: null, kv: kvOf(0) }, 0).kvChatId).toBeNull();
  });

  it('leaves the cache to the chat that had it when an answer fails or is stopped before it reads', () => {
    const state = { ...running(), kv: kvOf(8), kvChatId: 'other' };
    const error = { code: 'PROMPT_TOO_LONG', message: 'Too long.' } as const;
    const failed = (result: GenerateResult | null): EngineFrame => ({
      ...{ seq: 1, type: 'end', requestId: 'a' },
      end: { type: 'error', error, result },
    });
    expect(reduceFrame(state, failed(resultOf('')), 0)).toMatchObject({
      running: null,
      kv: kvOf(8),
      kvChatId: 'other',
    });
    expect(reduceFrame(state, failed(null), 0).kvChatId).toBe('other');
    const stopped = { type: 'aborted', result: { ...resultOf(''), promptTokens: 0 } } as const;
    expect(reduceFrame(state, { seq: 1, type: 'end', requestId: 'a', end: stopped }, 0).kvChatId).toBe('other');
    const read: EngineFrame = { seq: 1, type: 'kv', requestId: 'a', kv: kvOf(4) };
    const after = play(state, [read, { ...failed(resultOf('')), seq: 2 }]);
    expect(after.kvChatId).toBe('chat');
  });
});

describe('the model', () => {
  const info = { path: '/m/a.gguf', hash: 'h1', layers: 30 } as ModelInfo;
  const ready = (model: ModelInfo): ModelState => ({
    state: 'ready',
    model,
    runtime: {
      executionProvider: 'cpu',
      deviceChoice: 'cpu',
      notes: [],
      implementation: 'c-api',
      reason: 'fits',
      onnxRuntimeVersion: '1',
      threads: 2,
      precision: 'default',
      contextLength: 1,
      takesSystemMessages: true,
    },
    presets: [],
    leastBudgetBytes: 4e6,
    loadMs: 5,
    residentBytes: 10,
    deviceBytes: null,
  });

  it('forgets the cache of another model, not of the same one', () => {
    const state = { ...running(), model: ready(info), kv: kvOf(4), kvChatId: 'chat' };
    expect(reduceFrame(state, { seq: 1, type: 'model', model: ready(info) }, 0).kv).not.toBeNull();
    const other = reduceFrame(state, { seq: 1, type: 'model', model: ready({ ...info, hash: 'h2' }) }, 0);
    expect(other).toMatchObject({ kv: null, kvChatId: null, lastModelPath: '/m/a.gguf', layerCount: 30 });
  });
});

describe('the engine process ends', () => {
  const crashed = { state: 'restarting', exit: { code: 9, duringLoad: false } } as const;

  it('keeps what was written, ends the answer and tells', () => {
    const state = reduceEngineStatus(play(running(), [text(1, 'half')]), crashed);
    expect(answer(state)).toMatchObject({
      text: 'half',
      state: { phase: 'failed', error: { code: 'ENGINE_CRASHED' } },
    });
    expect(state).toMatchObject({ running: null, kv: null, lastSeq: null, crash: { answerId: 'a' } });
  });

  it('ignores what a dead process still sends for that answer', () => {
    const state = reduceEngineStatus(play(running(), [text(1, 'half')]), crashed);
    expect(answer(reduceFrame(state, done(2, 'whole'), 0)).text).toBe('half');
  });

  it('counts as running again with the first frame of the new process', () => {
    const state = reduceEngineStatus(running(), crashed);
    expect(reduceEngineStatus(state, { state: 'running' }).link.state).toBe('restarting');
    expect(reduceFrame(state, { seq: 0, type: 'model', model: { state: 'none' } }, 0).link.state).toBe('running');
  });

  it('keeps the number of layers while it is restarted, so that the bars stay in their place', () => {
    const state = reduceEngineStatus({ ...running(), layerCount: 30 }, crashed);
    const none = { type: 'model', model: { state: 'none' } } as const;
    const first = reduceFrame(state, { seq: 0, ...none }, 0);
    expect(first.layerCount).toBe(30);
    expect(reduceFrame(first, { seq: 1, ...none }, 0).layerCount).toBe(0);
  });

  it('does not open a closed notice again while it restarts for the same reason', () => {
    const state = { ...reduceEngineStatus(running(), crashed), crash: null };
    expect(reduceEngineStatus(state, crashed).crash).toBeNull();
  });
});

describe('the conversation is read again', () => {
  const reading = (): AppState => ({
    ...initialState('chat'),
    running: { answerId: 'r', chatId: 'chat' },
    reread: { phase: 'reading', processed: 0, total: 0 },
    lastSeq: 0,
  });
  const progress: EngineFrame = {
    seq: 1,
    type: 'prefill',
    requestId: 'r',
    processed: 3,
    total: 9,
    reused: 0,
    promptTokens: 9,
  };

  it('tells how far it is, and leaves the memory as it is then', () => {
    const half = reduceFrame(reading(), progress, 0);
    expect(half.reread).toMatchObject({ phase: 'reading', processed: 3, total: 9 });
    const end = { type: 'done', stopReason: 'read', result: resultOf('') } as const;
    const state = reduceFrame(half, { seq: 2, type: 'end', requestId: 'r', end }, 0);
    expect(state).toMatchObject({ running: null, reread: null, kvChatId: 'chat', kv: { tokensSeen: 8 }, messages: {} });
  });

  it('says why it failed, also when the engine process ended', () => {
    const end = { type: 'error', error: { code: 'OUT_OF_MEMORY', message: 'no' }, result: null } as const;
    const failed = reduceFrame(reading(), { seq: 1, type: 'end', requestId: 'r', end }, 0);
    expect(failed).toMatchObject({ running: null, reread: { phase: 'failed', error: { code: 'OUT_OF_MEMORY' } } });
    const crashed = reduceEngineStatus(reading(), { state: 'restarting', exit: { code: 9, duringLoad: false } });
    expect(crashed).toMatchObject({ running: null, reread: { phase: 'failed', error: { code: 'ENGINE_CRASHED' } } });
  });
});
