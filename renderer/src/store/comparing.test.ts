// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallInput } from '../../../electron/ipc/contract.js';
import { CallError } from '../bridge.js';
import { READY } from '../fixtures/ready-model.js';
import { createComparing, openNextComparison } from './comparing.js';
import { type Answer, type AppState, emptyChat, type Message } from './state.js';
import { type AppStore, createAppStore } from './store.js';

type Asked = CallInput<'compare'>;

const timings = { prefillMs: 1, firstTokenMs: 2, decodeMsPerToken: 3 };
const figures = { promptTokens: 9, reusedTokens: 0, completionTokens: 12, seed: 42, timings };

const question = (id: string): Message => ({ id, role: 'user', text: id, pasted: [] });
const answer = (id: string, more: Partial<Answer> = {}): Answer => ({
  id,
  role: 'assistant',
  text: `text of ${id}`,
  hasHole: false,
  state: { phase: 'done', stopReason: 'endToken', figures },
  asked: { sampling: { temperature: 0.5 }, compression: { preset: 'compact' }, maxTokens: 150 },
  ...more,
});

let compared: Asked[];
let forecast: Asked[];
let stopped: string[];
let failure: CallError | null;
let store: AppStore;
let comparing: ReturnType<typeof createComparing>;

function withAnswers(...answers: Answer[]): void {
  const messages = answers.flatMap((each, index) => [question(`q${index}`), each]);
  store.setState({
    model: READY,
    messages: Object.fromEntries(messages.map((message) => [message.id, message])),
    chats: { c: { ...emptyChat('c'), title: 'Q', messageIds: messages.map(({ id }) => id) } },
  });
}

beforeEach(() => {
  [compared, forecast, stopped, failure] = [[], [], [], null];
  const bridge: Parameters<typeof createComparing>[1] = {
    compare: async (call: Asked) => {
      compared.push(call);
      if (failure) throw failure;
    },
    forecastComparison: async (call: Asked) => void forecast.push(call),
    stop: async (requestId: string) => void stopped.push(requestId),
  };
  let count = 0;
  store = createAppStore('c');
  comparing = createComparing(store, bridge, () => `id${++count}`);
});

function open(answerId: string): void {
  comparing.openComparison(answerId);
  comparing.forecastComparison();
}

const comparison = () => store.getState().comparison;

describe('opening a comparison', () => {
  it('asks what it will take, under what and with what the answer was asked for, by its seed', () => {
    withAnswers(answer('a'));
    open('a');
    expect(forecast).toEqual([
      {
        requestId: 'id1',
        messages: [{ role: 'user', content: 'q0' }],
        sampling: { temperature: 0.5, seed: 42 },
        maxTokens: 150,
        compression: { preset: 'compact' },
        replyTokens: 12,
      },
    ]);
    expect(comparison()).toMatchObject({ id: 'id1', answerId: 'a', state: { phase: 'planned', outlook: null } });
  });

  it('of an older answer reads the chat up to there', () => {
    withAnswers(answer('a'), answer('b'), answer('d'));
    open('b');
    expect(forecast[0].messages.map(({ content }) => content)).toEqual(['q0', 'text of a', 'q1']);
  });

  it('of an answer that was stopped goes no further than that', () => {
    withAnswers(answer('a', { state: { phase: 'stopped', figures } }));
    open('a');
    expect(forecast[0].maxTokens).toBe(12);
  });

  it('of an answer that has no limit sets none', () => {
    withAnswers(answer('a', { asked: { sampling: {}, compression: { preset: 'paper' } } }));
    open('a');
    expect(forecast[0]).not.toHaveProperty('maxTokens');
  });

  it('of an answer with the full cache takes what is chosen now, also if it is chosen later', () => {
    withAnswers(answer('a', { asked: { sampling: {}, compression: { preset: 'off' } } }));
    store.setState({ compression: { preset: 'off' } });
    open('a');
    expect(forecast).toEqual([]);
    expect(comparison()?.compression).toBeNull();
    store.setState({ compression: { budgetBytes: 5e6 } });
    comparing.forecastComparison();
    expect(forecast[0].compression).toEqual({ budgetBytes: 5e6 });
  });

  it('is not possible while something runs, or of an answer without a token', () => {
    withAnswers(answer('a'), answer('b', { state: { phase: 'stopped', figures: null } }));
    comparing.openComparison('b');
    store.setState({ running: { answerId: 'x', chatId: 'c' } });
    comparing.openComparison('a');
    expect(comparison()).toBeNull();
  });

  it('from the header takes the last answer that can be compared, and closes it again', () => {
    withAnswers(
      answer('a'),
      answer('b', { state: { phase: 'failed', error: { code: 'INTERNAL', message: '' }, figures: null } }),
    );
    comparing.toggleComparison();
    expect(comparison()?.answerId).toBe('a');
    store.setState({ survival: { layer: null } });
    comparing.toggleComparison();
    expect([comparison()?.answerId, store.getState().survival]).toEqual(['a', null]);
    comparing.toggleComparison();
    expect(comparison()).toBeNull();
  });
});

describe('a running comparison', () => {
  async function start(): Promise<void> {
    withAnswers(answer('a'));
    comparing.openComparison('a');
    await comparing.startComparison();
  }

  it('has an id of its own, and a second one does not begin beside it', async () => {
    await start();
    expect(compared.map(({ requestId }) => requestId)).toEqual(['id2']);
    expect(comparison()).toMatchObject({ id: 'id2', state: { phase: 'running' } });
    await comparing.startComparison();
    expect(compared).toHaveLength(1);
  });

  it('is stopped first, then closed', async () => {
    await start();
    expect(comparing.leaveComparison()).toBe(true);
    comparing.leaveComparison();
    expect(stopped).toEqual(['id2']);
    store.setState({
      comparison: comparison() && { ...comparison(), state: { phase: 'stopped', byUser: true } },
    } as Partial<AppState>);
    expect(comparing.leaveComparison()).toBe(true);
    expect(comparison()).toBeNull();
    expect(comparing.leaveComparison()).toBe(false);
  });

  it('closed at once, is stopped', async () => {
    await start();
    comparing.closeComparison();
    expect(stopped).toEqual(['id2']);
    expect(comparison()).toBeNull();
  });

  it('that could not begin says why, and leaves the chat alone', async () => {
    failure = new CallError({ code: 'ENGINE_CRASHED', message: 'It is gone.' });
    await start();
    expect(comparison()?.state).toEqual({ phase: 'failed', error: { code: 'ENGINE_CRASHED', message: 'It is gone.' } });
    expect(store.getState().messages.a).toEqual(answer('a'));
  });
});

describe('an example that ends in a comparison', () => {
  it('has it opened when its answer is there, once', () => {
    withAnswers(answer('a'));
    store.setState({ comparesNext: 'a', running: { answerId: 'a', chatId: 'c' } });
    openNextComparison(store, comparing.openComparison);
    expect(store.getState().comparison).toBeNull();
    store.setState({ running: null });
    openNextComparison(store, comparing.openComparison);
    expect(store.getState()).toMatchObject({ comparesNext: null, comparison: { answerId: 'a' } });
    store.setState({ comparison: null });
    openNextComparison(store, comparing.openComparison);
    expect(store.getState().comparison).toBeNull();
  });

  it('has none opened over another chat', () => {
    withAnswers(answer('a'));
    store.setState({ comparesNext: 'gone' });
    openNextComparison(store, comparing.openComparison);
    expect(store.getState()).toMatchObject({ comparesNext: null, comparison: null });
  });
});
