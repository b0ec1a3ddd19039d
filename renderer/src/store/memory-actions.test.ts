// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../bridge.js';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { READY } from '../fixtures/ready-model.js';
import { type Comparison, plannedComparison } from './comparison.js';
import { chatToTakeUp } from './memory-actions.js';
import { type Answer, type AppState, initialState } from './state.js';

let driven: DrivenStore;
let { store, actions, calls }: DrivenStore = new DrivenStore();

beforeEach(() => {
  localStorage.clear();
  driven = new DrivenStore();
  ({ store, actions, calls } = driven);
});

const without = (name: string) => calls.filter(([called]) => called !== name);

describe('the memory', () => {
  it('is asked for as chosen, from the next message on, and main keeps the choice', async () => {
    store.setState({ model: READY, compression: { preset: 'faithful' } });
    driven.write('One');
    actions.send();
    await settled();
    actions.setCompression({ budgetBytes: 20e6 });
    store.setState({ running: null });
    driven.write('Two');
    actions.send();
    await settled();
    expect(
      without('keepChats').map(([name, input]) => [
        name,
        input instanceof Object && 'compression' in input && input.compression,
      ]),
    ).toEqual([
      ['generate', { preset: 'faithful' }],
      ['setCompression', false],
      ['generate', { budgetBytes: 20e6 }],
    ]);
    expect(without('keepChats')[1][1]).toEqual({ budgetBytes: 20e6 });
  });

  it('of a chat that was asked for short answers gets them, and no other chat', async () => {
    store.setState({ model: READY });
    actions.setShortAnswers(true);
    driven.write('One');
    actions.send();
    await settled();
    store.setState({ running: null });
    actions.newChat();
    driven.write('Two');
    actions.send();
    await settled();
    const asked = without('keepChats').map(([, input]) => input);
    expect(asked.map((input) => input instanceof Object && 'maxTokens' in input && input.maxTokens)).toEqual([
      150,
      false,
    ]);
  });

  it('is told to be nearly full until the notice is closed, chat by chat', () => {
    actions.closeLimitNotice();
    expect(store.getState().limitNoticeClosed).toEqual({ c: true });
  });
});

function runningComparison(): Comparison {
  const planned = plannedComparison('x', { chatId: 'c', answerId: 'a', compression: null });
  return { ...planned, state: { phase: 'running', checking: null, stopRequested: false } };
}

describe('pins', () => {
  /** An answered question; → its id. */
  async function askOnce(): Promise<string> {
    store.setState({ model: READY });
    driven.write('The code is 4711.');
    actions.send();
    await settled();
    const { id } = driven.lastAnswer();
    store.setState(({ messages }) => ({
      running: null,
      messages: { ...messages, [id]: { ...(messages[id] as Answer), text: 'Noted.' } },
    }));
    return store.getState().chats.c.messageIds[0];
  }

  it('go with the messages that they are in, until they are let go', async () => {
    const question = await askOnce();
    actions.pinRange(question, { from: 12, to: 16 });
    actions.pin(driven.lastAnswer().id);
    await actions.reread();
    expect(calls.at(-1)).toEqual([
      'reread',
      {
        requestId: store.getState().running?.answerId,
        chatId: 'c',
        messages: [
          { role: 'user', content: 'The code is 4711.', pinned: [{ from: 12, to: 16 }] },
          { role: 'assistant', content: 'Noted.', pinned: true },
        ],
      },
    ]);
    actions.unpinRange(question, { from: 12, to: 16 });
    actions.unpin(driven.lastAnswer().id);
    expect(store.getState().pins).toEqual({});
  });

  it('of a message that is taken back go with it', async () => {
    driven.write('Wait.');
    actions.send();
    actions.pin(store.getState().chats.c.messageIds[0]);
    actions.editLast();
    expect(store.getState().pins).toEqual({});
  });

  it('a reading is not begun while an answer or a comparison runs, and one that fails says why until that is closed', async () => {
    await askOnce();
    store.setState({ running: { answerId: 'x', chatId: 'c' } });
    const before = calls.length;
    await actions.reread();
    expect(calls).toHaveLength(before);
    store.setState({ running: null, comparison: runningComparison() });
    await actions.reread();
    expect(calls).toHaveLength(before);
    store.setState({ comparison: null });
    driven.failure = new CallError({ code: 'ENGINE_CRASHED', message: 'gone' });
    await actions.reread();
    expect(store.getState()).toMatchObject({
      running: null,
      reread: { phase: 'failed', error: { code: 'ENGINE_CRASHED' } },
    });
    actions.closeReread();
    expect(store.getState().reread).toBeNull();
  });
});

describe('the memory of the chat at hand', () => {
  const ready = (): AppState => ({ ...initialState('c'), model: READY });

  it('can be taken up where the engine has that of another, or none', () => {
    expect(chatToTakeUp(ready())).toBe('c');
    expect(chatToTakeUp({ ...ready(), kvChatId: 'other' })).toBe('c');
    expect(chatToTakeUp({ ...ready(), kvChatId: 'c' })).toBeNull();
  });

  it('is left where it is while something is written, or without a model', () => {
    expect(chatToTakeUp({ ...ready(), running: { answerId: 'a', chatId: 'other' } })).toBeNull();
    expect(chatToTakeUp(initialState('c'))).toBeNull();
  });
});
