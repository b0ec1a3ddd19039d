import { describe, expect, it } from 'vitest';
import type { EngineFrame, FrameBody } from '../../../electron/ipc/frames.js';
import { sideId } from '../../../electron/ipc/side-id.js';
import type { GenerateResult, GenerateTimings, SideName } from '../../../engine/types.js';
import { kvOf } from '../fixtures/kv.js';
import { type Comparison, isBusy, keepSide, plannedComparison, showsComparison } from './comparison.js';
import { reduceEngineStatus, reduceFrame } from './frames.js';
import { type Answer, type AppState, emptyChat, initialState } from './state.js';

const timings: GenerateTimings = { prefillMs: 10, firstTokenMs: 12, decodeMsPerToken: 5 };

function resultOf(text: string): GenerateResult {
  return { text, promptTokens: 5, reusedTokens: 0, completionTokens: 3, seed: 7, timings, kv: kvOf(8) };
}

const { kv: chatKv, ...figures } = resultOf('');

/** Without `seq`, which is counted. */

const prefill = (side: SideName): FrameBody => ({
  type: 'prefill',
  requestId: sideId('c', side),
  processed: 2,
  total: 5,
  reused: 0,
  promptTokens: 5,
});
const text = (side: SideName, piece: string): FrameBody => ({
  type: 'text',
  requestId: sideId('c', side),
  text: piece,
  tokens: 1,
  timings,
});
const done = (side: SideName, whole: string): FrameBody => ({
  type: 'end',
  requestId: sideId('c', side),
  end: { type: 'done', stopReason: 'endToken', result: resultOf(whole) },
});
const step = (what: Extract<EngineFrame, { type: 'comparison' }>['step'], requestId = 'c'): FrameBody => ({
  type: 'comparison',
  requestId,
  step: what,
});

const answer: Answer = {
  id: 'a',
  role: 'assistant',
  text: 'In the chat',
  hasHole: false,
  state: { phase: 'done', stopReason: 'endToken', figures },
  asked: { sampling: { temperature: 0 }, compression: { preset: 'compact' } },
};

function state(comparison: Partial<Comparison> = {}): AppState {
  const planned = plannedComparison('c', { chatId: 'chat', answerId: 'a', compression: { preset: 'compact' } });
  return {
    ...initialState('chat'),
    messages: { a: answer },
    chats: { chat: { ...emptyChat('chat'), title: 'Q', messageIds: ['a'] } },
    kv: chatKv,
    kvChatId: 'chat',
    comparison: { ...planned, state: { phase: 'running', checking: null, stopRequested: false }, ...comparison },
    lastSeq: 0,
  };
}

function reduced(from: AppState, ...bodies: FrameBody[]): AppState {
  return bodies.reduce((now, body) => reduceFrame(now, { ...body, seq: (now.lastSeq ?? 0) + 1 }, 50), from);
}

function comparisonOf({ comparison }: AppState): Comparison {
  if (!comparison) throw new Error('There is no comparison.');
  return comparison;
}

describe('frames of a comparison', () => {
  it('write its sides one after the other, and nothing into the chat', () => {
    const first = reduced(
      state(),
      prefill('full'),
      text('full', 'One '),
      text('full', 'two'),
      done('full', 'One two.'),
    );
    expect(comparisonOf(first).sides.full).toMatchObject({ text: 'One two.', state: { phase: 'done' }, kv: kvOf(8) });
    expect(comparisonOf(first).sides.compressed.state.phase).toBe('queued');
    const second = reduced(first, prefill('compressed'), text('compressed', 'One three'));
    expect(comparisonOf(second).sides.compressed).toMatchObject({ text: 'One three', state: { phase: 'writing' } });
    expect(second.messages).toEqual({ a: answer });
    expect(second.kv).toBe(chatKv);
  });

  it('tell how much of the prompt is read, and what is held then', () => {
    const kv: FrameBody = { type: 'kv', requestId: sideId('c', 'full'), kv: kvOf(2) };
    const { sides } = comparisonOf(reduced(state(), prefill('full'), kv));
    expect(sides.full).toMatchObject({ state: { phase: 'reading', processed: 2, total: 5 }, kv: kvOf(2) });
  });

  it('tell where the sides differ, how far the check is, and its outcome', () => {
    const divergence = { sameTokens: 1, sameLength: 4 };
    const checking = reduced(
      state(),
      step({ type: 'written', divergence }),
      step({ type: 'checking', places: 2, total: 3 }),
    );
    expect(comparisonOf(checking)).toMatchObject({ divergence, state: { checking: { places: 2, total: 3 } } });
    const ended = reduced(checking, step({ type: 'done', agreement: { places: 3, agreeing: 2 } }));
    expect(comparisonOf(ended).state).toEqual({ phase: 'done', agreement: { places: 3, agreeing: 2 } });
    expect(isBusy(checking)).toBe(true);
    expect(isBusy(ended)).toBe(false);
  });

  it('of another comparison change nothing', () => {
    const before = state();
    const other = reduced(before, step({ type: 'aborted' }, 'old'), {
      ...done('full', 'x'),
      requestId: 'old:full',
    } as FrameBody);
    expect(other.comparison).toBe(before.comparison);
  });

  it('that come after its end change nothing', () => {
    const ended = reduced(state(), step({ type: 'aborted' }));
    expect(reduced(ended, text('full', 'late')).comparison).toBe(ended.comparison);
  });
});

describe('a comparison that ends before its time', () => {
  it('keeps what a side has, and tells whether the user stopped it', () => {
    const stopped = reduced(state(), text('full', 'Half'), step({ type: 'aborted' }));
    expect(comparisonOf(stopped)).toMatchObject({
      state: { phase: 'stopped', byUser: false },
      sides: { full: { text: 'Half', state: { phase: 'stopped' } }, compressed: { state: { phase: 'queued' } } },
    });
    const byUser = state({ state: { phase: 'running', checking: null, stopRequested: true } });
    expect(comparisonOf(reduced(byUser, step({ type: 'aborted' }))).state).toEqual({ phase: 'stopped', byUser: true });
  });

  it('fails with the engine', () => {
    const crashed = reduceEngineStatus(reduced(state(), text('full', 'Half')), {
      state: 'restarting',
      exit: { code: 9, duringLoad: false },
    });
    expect(comparisonOf(crashed)).toMatchObject({
      state: {
        phase: 'failed',
        error: { code: 'ENGINE_CRASHED', message: 'The engine stopped unexpectedly (exit code 9).' },
      },
      sides: { full: { text: 'Half', state: { phase: 'stopped' } } },
    });
  });

  it('frees the message that waited for it of its hint', () => {
    const waiting = { ...state(), hint: 'stillAnswering' as const };
    expect(reduced(waiting, text('full', 'x')).hint).toBe('stillAnswering');
    expect(reduced(waiting, step({ type: 'aborted' })).hint).toBeNull();
  });
});

describe('what a comparison will take', () => {
  const outlook = { error: { code: 'OUT_OF_MEMORY' as const, message: 'Too little.' } };

  it('is told while it is planned, of this one alone', () => {
    const planned = state({ state: { phase: 'planned', outlook: null } });
    const told = reduced(planned, { type: 'comparisonForecast', requestId: 'c', outlook });
    expect(comparisonOf(told).state).toEqual({ phase: 'planned', outlook });
    expect(reduced(planned, { type: 'comparisonForecast', requestId: 'b', outlook }).comparison).toBe(
      planned.comparison,
    );
  });
});

describe('keeping a side', () => {
  it('puts its text, its figures and its compression in the place of the answer', () => {
    const ended = reduced(state(), done('full', 'From the full cache'), step({ type: 'aborted' }));
    expect(keepSide(ended, 'full').messages.a).toMatchObject({
      id: 'a',
      text: 'From the full cache',
      state: { phase: 'done', figures: { completionTokens: 3 } },
      asked: { sampling: { temperature: 0 }, compression: { preset: 'off' } },
    });
  });

  it('lets go of what was pinned of the answer before: it is another text', () => {
    const pins = { a: [{ from: 5, to: 9 }], q: true } as const;
    const ended = reduced({ ...state(), pins }, done('full', 'x'));
    expect(keepSide(ended, 'full').pins).toEqual({ q: true });
  });

  it('does nothing where the answer is gone', () => {
    const gone = { ...reduced(state(), done('full', 'x')), messages: {} };
    expect(keepSide(gone, 'full')).toBe(gone);
  });
});

it('takes the place of its own chat only, and not of what the model holds', () => {
  expect(showsComparison(state())).toBe(true);
  expect(showsComparison({ ...state(), currentChatId: 'other' })).toBe(false);
  expect(showsComparison({ ...state(), survival: { layer: null } })).toBe(false);
});
