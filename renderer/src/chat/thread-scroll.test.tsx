// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { PyramidBridge } from '../../../electron/ipc/bridge.js';
import type { AppState } from '../store/state.js';

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('../store/turns.js')),
  ...(await import('../store/frames.js')),
  ...(await import('../store/window-actions.js')),
  ...(await import('./Thread.js')),
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  const names = ['generate', 'keepChats', 'readChat'];
  const answer = async () => ({ ok: true, value: undefined });
  window.pyramid = Object.fromEntries(names.map((name) => [name, answer])) as unknown as PyramidBridge;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  app = await load();
});
afterEach(cleanup);

const change = (to: (state: AppState) => AppState) => act(() => app.appStore.setState(to, true));

function asked(state: AppState, text: string, answerId: string): AppState {
  return app.appendTurn(app.withDraft(state, state.currentChatId, { text, pasted: [] }), `u-${answerId}`, answerId);
}

function answered(state: AppState, answerId: string): AppState {
  return app.changeAnswer(state, answerId, (answer) => ({
    ...answer,
    text: answerId,
    state: { phase: 'stopped', figures: null },
  }));
}

/** Two turns, the first of which was answered twice; the reader has gone up to its beginning. */
function readFromTheStart(): HTMLElement {
  const { Thread } = app;
  let state = answered(asked(app.initialState('c'), 'one', 'a1'), 'a1');
  state = answered(app.answerAgain(state, 'c', 'a1', 'a2'), 'a2');
  state = answered(asked(state, 'two', 'b'), 'b');
  app.appStore.setState(state, true);
  render(<Thread />);
  const box = screen.getByRole('region', { name: 'Messages' });
  Object.defineProperty(box, 'scrollHeight', { value: 5000 });
  box.scrollTop = 100;
  return box;
}

beforeEach(() => app.appStore.setState(app.initialState('c'), true));

it('stays where the reader is at another version, and where a message is deleted', () => {
  const box = readFromTheStart();
  act(() => app.actions.stepVersion('a2', -1));
  expect(app.appStore.getState().chats.c.messageIds).toEqual(['u-a1', 'a1']);
  expect(box.scrollTop).toBe(100);
  act(() => app.actions.stepVersion('a1', 1));
  act(() => app.actions.deleteMessage('u-b'));
  expect(app.appStore.getState().chats.c.messageIds).toEqual(['u-a1', 'a2']);
  expect(box.scrollTop).toBe(100);
});

it('goes to the end with what is asked, and in another chat', () => {
  const box = readFromTheStart();
  change((state) => asked(state, 'three', 'd'));
  expect(box.scrollTop).toBe(5000);
  change((state) => answered(state, 'd'));
  box.scrollTop = 100;
  change((state) => app.answerAgain(state, 'c', 'a2', 'a3'));
  expect(box.scrollTop).toBe(5000);
  change((state) => answered(asked(app.openNewChat(answered(state, 'a3'), 'e'), 'four', 'f'), 'f'));
  box.scrollTop = 100;
  change((state) => ({ ...state, currentChatId: 'c' }));
  expect(box.scrollTop).toBe(5000);
});
