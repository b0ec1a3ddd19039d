// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { READY } from '../fixtures/ready-model.js';
import { plannedComparison } from './comparison.js';
import { changeAnswer } from './frames.js';

let driven: DrivenStore;
beforeEach(() => {
  driven = new DrivenStore();
  driven.store.setState({ model: READY });
});

const state = () => driven.store.getState();
const shown = () => state().chats[state().currentChatId].messageIds;
const asked = () => driven.calls.filter(([name]) => name === 'generate').length;

function send(text: string): string {
  driven.write(text);
  driven.actions.send();
  return shown().at(-1) ?? '';
}

function isAnswered(text: string): void {
  driven.store.setState((before) => {
    const { running } = before;
    if (!running) throw new Error('nothing runs');
    return { ...changeAnswer(before, running.answerId, (answer) => ({ ...answer, text })), running: null };
  }, true);
}

describe('a new chat from an answer that is under way', () => {
  it('has what was written until then, and waits for nothing', () => {
    const running = send('One');
    driven.store.setState((before) => changeAnswer(before, running, (answer) => ({ ...answer, text: 'Uno, d' })), true);
    const waiting = send('Two');
    driven.actions.forkChat(waiting);
    const copies = shown().map((id) => state().messages[id]);
    expect(copies).toMatchObject([
      { text: 'One' },
      { text: 'Uno, d', state: { phase: 'stopped', figures: null } },
      { text: 'Two' },
      { text: '', state: { phase: 'stopped', figures: null } },
    ]);
    expect(state().messages[running]).toMatchObject({ state: { phase: 'reading' } });
    expect(state().messages[waiting]).toMatchObject({ state: { phase: 'queued' } });
  });
});

describe('a chat that is deleted', () => {
  it('has its comparison stopped', async () => {
    const answerId = send('One');
    isAnswered('Uno');
    const planned = plannedComparison('compared', { chatId: 'c', answerId, compression: null });
    const running = { phase: 'running', checking: null, stopRequested: false } as const;
    driven.store.setState({ comparison: { ...planned, state: running } });
    driven.actions.deleteChats(['c']);
    await settled();
    expect(state().comparison).toBeNull();
    expect(driven.calls).toContainEqual(['stop', 'compared']);
  });
});

describe('what is brought back', () => {
  it('still waits for its answer, with its chat', async () => {
    send('One');
    await settled();
    driven.actions.newChat();
    const waiting = send('Two');
    driven.actions.deleteChats([state().currentChatId]);
    isAnswered('Uno');
    driven.actions.undoDelete();
    expect(state()).toMatchObject({ queued: [], running: { answerId: waiting } });
    await settled();
    expect(asked()).toBe(2);
  });

  it('still waits for its answer, alone', async () => {
    send('One');
    const waiting = send('Two');
    driven.actions.deleteMessage(shown()[2]);
    expect(state().queued).toEqual([]);
    driven.actions.undoDelete();
    expect(state().queued).toEqual([{ chatId: 'c', answerId: waiting }]);
  });

  it('comes back though another chat was opened meanwhile', async () => {
    send('One');
    isAnswered('Uno');
    driven.actions.newChat();
    send('Two');
    isAnswered('Dos');
    const other = state().currentChatId;
    await driven.actions.openChat('c');
    const before = shown();
    driven.actions.deleteMessage(before[1]);
    await driven.actions.openChat(other);
    driven.actions.undoDelete();
    expect(state().currentChatId).toBe(other);
    await driven.actions.openChat('c');
    expect(shown()).toEqual(before);
    expect(state().messages[before[1]].text).toBe('Uno');
  });

  it('has its pins again, and what was unpinned elsewhere meanwhile stays so', async () => {
    send('One');
    isAnswered('Uno');
    const [here] = shown();
    driven.actions.newChat();
    send('Two');
    isAnswered('Dos');
    const [there] = shown();
    driven.actions.pin(here);
    driven.actions.pin(there);
    driven.actions.deleteChats([state().currentChatId]);
    driven.actions.unpin(here);
    driven.actions.undoDelete();
    expect(state().pins).toEqual({ [there]: true });
  });

  it('has its title again', () => {
    send('One');
    isAnswered('Uno');
    driven.actions.renameChat('c', 'Counting');
    driven.actions.deleteMessage(shown()[0]);
    expect(state().chats.c.title).toBe('');
    driven.actions.undoDelete();
    expect(state().chats.c.title).toBe('Counting');
  });
});
