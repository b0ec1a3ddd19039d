// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { fileAsPiece, pieceKey } from '../attachments/piece.js';
import { CallError } from '../bridge.js';
import { DrivenStore, settled } from '../fixtures/driven-store.js';
import { READY } from '../fixtures/ready-model.js';
import { reduceFrame } from './frames.js';
import { openNewChat } from './turns.js';

let driven: DrivenStore;
beforeEach(() => {
  driven = new DrivenStore();
});

const file = (name: string, size = 3) => ({ name, size, arrayBuffer: async () => new ArrayBuffer(3) });
const state = () => driven.store.getState();

describe('attached files', () => {
  it('become pieces of the draft in their order, each with its name', async () => {
    driven.write('Compare these');
    await driven.actions.attachFiles([file('a.pdf'), file('b.txt')]);
    expect(state().drafts.c).toEqual({
      text: 'Compare these',
      pasted: [fileAsPiece('a.pdf', 'text of a.pdf'), fileAsPiece('b.txt', 'text of b.txt')],
    });
    expect(state().attaching).toEqual([]);
  });

  it('that cannot be read are told with their cause, until the message is sent', async () => {
    driven.failure = new CallError({ code: 'ATTACHMENT_EMPTY', message: 'no text' });
    await driven.actions.attachFiles([file('a.pdf')]);
    expect(state().attaching).toMatchObject([
      { name: 'a.pdf', error: { code: 'ATTACHMENT_EMPTY', message: 'no text' } },
    ]);
    expect(state().drafts.c).toBeUndefined();
    driven.failure = null;
    driven.write('Never mind');
    driven.actions.send();
    expect(state().attaching).toEqual([]);
  });

  it('that are too large are not even read', async () => {
    const huge = { name: 'a.pdf', size: 5e9, arrayBuffer: () => Promise.reject(new Error('read')) };
    await driven.actions.attachFiles([huge]);
    expect(state().attaching).toMatchObject([{ error: { code: 'ATTACHMENT_TOO_LARGE' } }]);
    expect(state().attaching[0].error?.message).toContain('5.00 GB; files up to 32.0 MB');
    expect(driven.calls).toEqual([]);
  });

  it('that are still being read hold the message back, which says so', async () => {
    driven.write('Sum this up');
    const reading = driven.actions.attachFiles([file('a.pdf')]);
    driven.actions.send();
    expect(state().hint).toBe('stillReading');
    expect(state().chats.c.messageIds).toEqual([]);
    await reading;
    expect(state().hint).toBeNull();
    driven.actions.send();
    expect(state().chats.c.messageIds).toHaveLength(2);
  });

  it('that were taken back do not come', async () => {
    const reading = driven.actions.attachFiles([file('a.pdf'), file('b.pdf')]);
    for (const { id } of state().attaching) driven.actions.dropAttaching(id);
    await reading;
    expect(state().drafts.c).toBeUndefined();
    expect(driven.calls.length).toBeLessThan(2);
  });

  it('stay with the chat for which they were chosen', async () => {
    driven.write('one');
    driven.actions.send();
    const reading = driven.actions.attachFiles([file('a.pdf')]);
    driven.store.setState((before) => openNewChat(before, 'd'), true);
    await reading;
    expect(state().drafts[state().currentChatId]?.pasted ?? []).toEqual([]);
    expect(state().drafts.c.pasted).toHaveLength(1);
  });

  it('come beside what is typed in a chat that was left while they were read', async () => {
    for (const words of ['one', 'two']) {
      driven.write(words);
      driven.actions.send();
      if (words === 'one') driven.actions.newChat();
    }
    driven.store.setState({ queued: [] });
    const other = state().currentChatId;
    await driven.actions.openChat('c');
    driven.write('Sum this up');
    let isRead = (_bytes: ArrayBuffer) => {};
    const bytes = new Promise<ArrayBuffer>((resolve) => {
      isRead = resolve;
    });
    const reading = driven.actions.attachFiles([{ name: 'a.pdf', size: 3, arrayBuffer: () => bytes }]);
    await driven.actions.openChat(other);
    isRead(new ArrayBuffer(3));
    await reading;
    await driven.actions.keeper.flush();
    expect(driven.disk.read('c').draft).toEqual({
      text: 'Sum this up',
      pasted: [fileAsPiece('a.pdf', 'text of a.pdf')],
    });
  });
});

describe('a piece', () => {
  it('can be put into the message', () => {
    driven.actions.changeDraft({ text: 'Read:', pasted: ['first', 'second'] });
    driven.actions.putIntoMessage(0);
    expect(state().drafts.c).toEqual({ text: 'Read:\n\nfirst', pasted: ['second'] });
  });

  it('is counted once by the engine, for each model', async () => {
    driven.actions.countTokens('hello');
    expect(driven.calls).toEqual([]);
    driven.store.setState({ model: READY });
    driven.actions.countTokens('hello');
    const requestId = pieceKey('hello');
    await settled();
    expect(driven.calls).toEqual([['countTokens', { requestId, text: 'hello' }]]);
    driven.store.setState(reduceFrame(state(), { seq: 1, type: 'tokenCount', requestId, tokens: 2 }, 0));
    expect(state().tokenCounts[requestId]).toBe(2);
    driven.actions.countTokens('hello');
    await settled();
    expect(driven.calls).toHaveLength(1);
    const other = { ...READY, model: { ...READY.model, hash: 'other' } };
    expect(reduceFrame(state(), { seq: 2, type: 'model', model: other }, 0).tokenCounts).toEqual({});
  });
});
