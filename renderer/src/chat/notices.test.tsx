// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordBridge } from '../fixtures/recorded-bridge.js';
import { INPUT_ID } from '../store/focus-input.js';

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('../store/window-actions.js')),
  ...(await import('./Notices.js')),
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  recordBridge(['keepChats']);
  app = await load();
});
beforeEach(() => {
  app.appStore.setState(app.initialState('c'), true);
  render(
    <>
      <app.Notices />
      <textarea id={INPUT_ID} />
    </>,
  );
});
afterEach(cleanup);

const set = (state: Partial<ReturnType<typeof app.initialState>>) => act(() => app.appStore.setState(state));
const closeButton = () => screen.getByRole('button', { name: 'Close this notice' });
const isFocusedOnMessage = () => document.activeElement?.id === INPUT_ID;

const fileError = { code: 'CHATS_FILE_INVALID', message: 'No chats in it.' } as const;
const model = {
  state: 'failed',
  path: '/broken.gguf',
  error: { code: 'MODEL_TRUNCATED', message: 'It is cut short.' },
} as const;

/** Into another chat, and back into one where something was written. */
function changeChat(): void {
  act(() => app.actions.changeDraft({ text: 'hello', pasted: [] }));
  act(() => app.actions.send());
  act(() => app.actions.newChat());
}

it('what became of a file is told where it happened, until it is read', () => {
  set({ fileError });
  fireEvent.click(closeButton());
  expect(screen.queryByRole('alert')).toBeNull();
  expect(isFocusedOnMessage()).toBe(true);
  set({ fileError });
  changeChat();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('a model that failed is told once, and in a chat that waits for one', async () => {
  set({ model });
  expect(screen.getByRole('alert').textContent).toContain('broken.gguf');
  fireEvent.click(closeButton());
  expect(screen.queryByRole('alert')).toBeNull();
  expect(isFocusedOnMessage()).toBe(true);
  changeChat();
  expect(screen.queryByRole('alert')).toBeNull();
  await act(() => app.actions.openChat('c'));
  expect(screen.getByRole('alert').textContent).toContain('broken.gguf');
  expect(screen.queryByRole('button', { name: 'Close this notice' })).toBeNull();
});
