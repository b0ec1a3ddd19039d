import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeAnswer } from './frames.js';
import { type AppState, initialState } from './state.js';
import {
  answerAgain,
  appendTurn,
  appendVersion,
  contentOf,
  openNewChat,
  requestMessages,
  takeBackLastTurn,
  titleOf,
  withDraft,
} from './turns.js';

function ask(state: AppState, text: string, answerId: string, reply: string | null): AppState {
  const asked = appendTurn(withDraft(state, 'c', { text, pasted: [] }), `u-${answerId}`, answerId);
  return reply === null ? asked : changeAnswer(asked, answerId, (answer) => ({ ...answer, text: reply }));
}

describe('titles', () => {
  it('takes the first line and cuts it at a word', () => {
    expect(titleOf({ text: '\n  Hello   there \nmore', pasted: [] })).toBe('Hello there');
    const long = titleOf({ text: 'word '.repeat(40), pasted: [] });
    expect(long.length).toBeLessThanOrEqual(61);
    expect(long).toMatch(/word…$/);
    expect(titleOf({ text: '', pasted: ['First line\nrest'] })).toBe('First line');
  });
});

describe('turns', () => {
  it('empties the draft into a message whose content holds the pasted pieces after the text', () => {
    const state = appendTurn(
      withDraft(initialState('c'), 'c', { text: ' Sum this up ', pasted: ['one', 'two'] }),
      'u',
      'a',
    );
    expect(state.drafts.c).toEqual({ text: '', pasted: [] });
    expect(requestMessages(state, 'c', 'a')).toEqual([{ role: 'user', content: 'Sum this up\n\none\n\ntwo' }]);
    expect(contentOf({ text: '', pasted: ['x'] })).toBe('x');
  });

  it('leaves turns without an answer out of what the model reads', () => {
    const state = ask(ask(ask(initialState('c'), 'one', 'a1', 'first'), 'two', 'a2', ''), 'three', 'a3', null);
    expect(requestMessages(state, 'c', 'a3')).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'first' },
      { role: 'user', content: 'three' },
    ]);
  });

  it('always alternates roles and ends with the user', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 8 }), (replies) => {
        let state = initialState('c');
        replies.forEach((reply, index) => {
          state = ask(state, `q${index}`, `a${index}`, reply);
        });
        const roles = requestMessages(ask(state, 'last', 'z', null), 'c', 'z').map(({ role }) => role);
        expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
        expect(roles.at(-1)).toBe('user');
      }),
    );
  });

  it('asks the same again as another version of the answer', () => {
    const state = answerAgain(ask(initialState('c'), 'one', 'a1', 'first'), 'c', 'a1', 'a2');
    expect(state.chats.c).toMatchObject({ messageIds: ['u-a1', 'a2'], leafId: 'a2' });
    expect(state.trees.c).toEqual({ 'u-a1': null, a1: 'u-a1', a2: 'u-a1' });
    expect(state.messages.a1).toBeDefined();
    expect(requestMessages(state, 'c', 'a2')).toEqual([{ role: 'user', content: 'one' }]);
  });

  it('lets go of an answer without a word when it is asked for again', () => {
    const state = answerAgain(ask(initialState('c'), 'one', 'a1', null), 'c', 'a1', 'a2');
    expect(state.trees.c).toEqual({ 'u-a1': null, a2: 'u-a1' });
    expect(state.messages.a1).toBeUndefined();
  });

  it('keeps an answer without a word that the chat went on from', () => {
    const answered = ask(ask(initialState('c'), 'one', 'a1', ''), 'two', 'b1', 'second');
    const state = answerAgain(answered, 'c', 'a1', 'a2');
    expect(state.chats.c.messageIds).toEqual(['u-a1', 'a2']);
    expect(state.trees.c).toMatchObject({ a1: 'u-a1', a2: 'u-a1', 'u-b1': 'a1', b1: 'u-b1' });
    expect(state.messages.a1).toBeDefined();
  });

  it('takes only the new answer back where there is another, and shows that', () => {
    const again = answerAgain(ask(initialState('c'), 'one', 'a1', 'first'), 'c', 'a1', 'a2');
    const state = takeBackLastTurn(again, 'c');
    expect(state.chats.c.messageIds).toEqual(['u-a1', 'a1']);
    expect(state.trees.c).toEqual({ 'u-a1': null, a1: 'u-a1' });
    expect(state.drafts.c).toEqual({ text: '', pasted: [] });
  });

  it('shows what was asked before when other words are taken back', () => {
    const answered = ask(initialState('c'), 'one', 'a1', 'first');
    const question = { id: 'v', role: 'user', text: 'uno', pasted: [] } as const;
    const state = takeBackLastTurn(appendVersion(answered, 'c', 'u-a1', question, 'b'), 'c');
    expect(state.chats.c).toMatchObject({ messageIds: ['u-a1', 'a1'], leafId: 'a1', title: 'one' });
    expect(state.drafts.c.text).toBe('uno');
  });

  it('asks in other words beside what was asked and answered', () => {
    const answered = ask(ask(initialState('c'), 'one', 'a1', 'first'), 'two', 'a2', 'second');
    const question = { id: 'v', role: 'user', text: 'uno', pasted: [] } as const;
    const state = appendVersion(answered, 'c', 'u-a1', question, 'b');
    expect(state.chats.c.messageIds).toEqual(['v', 'b']);
    expect(state.chats.c.title).toBe('one');
    expect(state.trees.c).toMatchObject({ 'u-a1': null, v: null, b: 'v', a2: 'u-a2' });
    expect(requestMessages(state, 'c', 'b')).toEqual([{ role: 'user', content: 'uno' }]);
  });

  it('gives a message back as draft, before what is being written, and loses nothing', () => {
    const asked = ask(initialState('c'), 'one', 'a1', null);
    const state = takeBackLastTurn(withDraft(asked, 'c', { text: 'next', pasted: ['p'] }), 'c');
    expect(state.drafts.c).toEqual({ text: 'one\n\nnext', pasted: ['p'] });
    expect(state.chats.c).toMatchObject({ messageIds: [], title: '' });
  });

  it('opens one empty chat, not many', () => {
    const used = ask(initialState('c'), 'one', 'a1', 'x');
    const opened = openNewChat(used, 'n');
    expect(opened.currentChatId).toBe('n');
    expect(openNewChat(opened, 'm').currentChatId).toBe('n');
    expect(Object.keys(openNewChat({ ...opened, currentChatId: 'c' }, 'm').chats)).toEqual(['c', 'n']);
  });
});
