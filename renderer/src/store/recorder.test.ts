import { describe, expect, it } from 'vitest';
import type { EngineFrame, FrameBody } from '../../../electron/ipc/frames.js';
import { halvedKv, TRACED_MODEL } from '../../../engine/trace/fixtures/made-trace.js';
import { textAt } from '../../../engine/trace/replay.js';
import { messagesAt } from '../../../engine/trace/text.js';
import type { GenerateResult, ModelInfo, TextMemory } from '../../../engine/types.js';
import { READY } from '../fixtures/ready-model.js';
import { shownKv, shownSample } from '../timeline/moment.js';
import { reduceFrame } from './frames.js';
import { recordFrame } from './recorder.js';
import { type AppState, emptyChat, initialState, READING_BEGINS } from './state.js';
import { appendTurn } from './turns.js';

const timings = { prefillMs: 1, firstTokenMs: 1, decodeMsPerToken: 1 };
const TRACED: AppState['model'] = { ...READY, model: TRACED_MODEL as ModelInfo };

/** A window that hears frames, a tenth of a second apart. */
class Window {
  state: AppState = { ...initialState('c'), model: TRACED };
  private now = 0;
  private seq = 0;

  hear(frame: FrameBody): void {
    this.now += 100;
    const numbered = { ...frame, seq: this.seq++ } as EngineFrame;
    const reduced = reduceFrame(this.state, numbered, this.now);
    this.state = recordFrame(this.state, reduced, numbered, this.now, new Date(0));
  }

  /** The user asks, and the answer is begun. */
  ask(answerId: string, text: string): void {
    this.now += 60_000;
    const chatId = this.state.currentChatId;
    const drafts = { [chatId]: { text, pasted: [] } };
    const asked = appendTurn({ ...this.state, drafts }, `${answerId}?`, answerId);
    const answer = { ...asked.messages[answerId], state: READING_BEGINS };
    this.state = {
      ...asked,
      messages: { ...asked.messages, [answerId]: answer as AppState['messages'][string] },
      running: { answerId, chatId },
    };
  }

  answer(requestId: string, question: string, reused: number, prompt: number, written: number): void {
    this.ask(requestId, question);
    this.hear({ type: 'prefill', requestId, processed: reused, total: prompt, reused, promptTokens: prompt });
    this.hear({ type: 'kv', requestId, kv: halvedKv(prompt, { reading: true }) });
    this.hear({ type: 'text', requestId, text: 'An answer.', tokens: 1, timings });
    this.hear({ type: 'kv', requestId, kv: halvedKv(prompt + 1, { generatedTokens: 1 }) });
    const kv = halvedKv(prompt + written, { generatedTokens: written });
    this.hear({ type: 'kv', requestId, kv });
    this.hear({
      type: 'textMemory',
      requestId,
      memory: memoryOf(prompt + written),
      residentBytes: 1,
      deviceBytes: null,
    });
    const result: GenerateResult = {
      text: 'An answer.',
      promptTokens: prompt,
      reusedTokens: reused,
      completionTokens: written,
      seed: 1,
      timings,
      kv,
    };
    this.hear({ type: 'end', requestId, end: { type: 'done', stopReason: 'endToken', result } });
  }

  get trace() {
    if (!this.state.recorder) throw new Error('Nothing is recorded.');
    return this.state.recorder.recording.trace;
  }
}

function memoryOf(tokens: number): TextMemory {
  return {
    text: 'x'.repeat(tokens),
    ends: Uint32Array.from({ length: tokens }, (_, i) => i + 1),
    depths: new Uint16Array(tokens),
    rows: new Uint16Array(tokens),
    heads: 1,
    held: [],
    droppedIn: new Uint16Array(tokens),
    pinned: [],
    rereadMs: null,
    droppedAt: [new Uint32Array(tokens), new Uint32Array(tokens).fill(1, 0, tokens >> 1)],
  };
}

describe('the recording of a chat', () => {
  it('has every statistic that the engine sent, turn by turn, and what was said', () => {
    const window = new Window();
    window.answer('a', 'First?', 0, 10, 4);
    window.answer('b', 'Second?', 14, 30, 2);
    const { trace } = window;
    expect(trace.turns).toMatchObject([
      { number: 1, promptTokens: 10, reusedTokens: 0, end: 'done' },
      { number: 2, promptTokens: 30, reusedTokens: 14, end: 'done' },
    ]);
    expect(trace.samples.map(({ tokensSeen }) => tokensSeen)).toEqual([10, 11, 14, 14, 30, 31, 32, 32]);
    expect(messagesAt(trace.turns, 1).map(({ content }) => content)).toEqual([
      'First?',
      'An answer.',
      'Second?',
      'An answer.',
    ]);
    expect(textAt(trace, 2)?.ends).toHaveLength(14);
    expect(textAt(trace, 7)?.depths.slice(14, 18)).toEqual(Uint16Array.of(1, 1, 2, 2));
  });

  it('counts time from the first report of an answer; pauses are left out', () => {
    const window = new Window();
    window.answer('a', 'First?', 0, 10, 4);
    const end = window.trace.turns[0].endMs;
    window.answer('b', 'Second?', 14, 30, 2);
    expect(end).toBe(600);
    expect(window.trace.turns[1]).toMatchObject({ startMs: 600, endMs: 1200 });
  });

  it('has what idle time made of the memory, at the end of the last turn', () => {
    const window = new Window();
    window.answer('a', 'First?', 0, 10, 4);
    window.hear({ type: 'tidying', tidying: { state: 'running', done: 1, total: 2, planned: [] } });
    const kv = halvedKv(14, { generatedTokens: 4, drops: 2 });
    window.hear({ type: 'tidying', tidying: { state: 'done', freedBytes: 10, kv } });
    expect(window.trace.samples.at(-1)).toMatchObject({ phase: 'tidying', ms: 601, turn: 0, drops: 2 });
    window.answer('b', 'Second?', 14, 30, 2);
    expect(window.trace.turns).toMatchObject([{ endMs: 600 }, { startMs: 601 }]);
  });

  it('begins anew with another chat, and is forgotten with another model', () => {
    const window = new Window();
    window.answer('a', 'First?', 0, 10, 4);
    window.state = {
      ...window.state,
      chats: { ...window.state.chats, d: emptyChat('d') },
      currentChatId: 'd',
    };
    window.answer('b', 'Hello?', 0, 8, 2);
    expect(window.state.recorder?.chatId).toBe('d');
    expect(window.trace.turns).toHaveLength(1);
    window.hear({ type: 'model', model: TRACED });
    expect(window.state.recorder).not.toBeNull();
    window.hear({ type: 'model', model: { ...READY, model: { ...(TRACED_MODEL as ModelInfo), hash: 'other' } } });
    expect(window.state.recorder).toBeNull();
  });

  it('takes no text of another conversation, which the engine read in between', () => {
    const window = new Window();
    window.answer('a', 'First?', 0, 10, 4);
    window.answer('b', 'Second?', 14, 30, 2);
    const { trace } = window;
    const other = { ...memoryOf(50), text: 'y'.repeat(50) };
    window.hear({ type: 'textMemory', requestId: 'gone', memory: memoryOf(40), residentBytes: 1, deviceBytes: null });
    window.hear({ type: 'textMemory', requestId: null, memory: other, residentBytes: 1, deviceBytes: null });
    expect(window.trace).toEqual(trace);
  });

  it('is left for what is now when an answer begins; a frame of no answer changes nothing', () => {
    const window = new Window();
    window.answer('a', 'First?', 0, 10, 4);
    window.state = { ...window.state, moment: 0, playing: true };
    expect(shownKv(window.state)?.tokensSeen).toBe(10);
    window.hear({ type: 'kv', requestId: 'gone', kv: halvedKv(99) });
    expect(shownSample(window.state)).toBe(0);
    window.ask('b', 'Second?');
    window.hear({ type: 'prefill', requestId: 'b', processed: 0, total: 9, reused: 14, promptTokens: 30 });
    expect(window.state).toMatchObject({ moment: null, playing: false });
    expect(shownKv(window.state)).toBe(window.state.kv);
  });
});
