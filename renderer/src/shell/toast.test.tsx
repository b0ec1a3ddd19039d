// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { PyramidBridge } from '../../../electron/ipc/bridge.js';
import { setLanguage, t } from '../../../locales/words.js';
import { INPUT_ID } from '../store/focus-input.js';

let app: Awaited<ReturnType<typeof load>>;
const load = async () => ({ ...(await import('../store/store.js')), ...(await import('./Toast.js')) });

beforeAll(async () => {
  window.pyramid = {} as PyramidBridge;
  app = await load();
});
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const tell = (text: string) =>
  act(() => app.appStore.setState({ toast: { words: () => text, undo: (state) => state } }));
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

it('stays while one is at it, and goes by itself also after one that was answered', () => {
  render(<app.Toast />);
  tell('Chat deleted');
  fireEvent.mouseEnter(screen.getByRole('region', { name: 'Done' }));
  pass(20_000);
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  expect(screen.queryByRole('status')).toBeNull();
  tell('Saved');
  pass(11_000);
  expect(screen.getByRole('status').textContent).toBe('Saved');
  pass(2000);
  expect(screen.queryByRole('status')).toBeNull();
});

it('is told in the place that is in sight, and once', () => {
  render(
    <>
      <app.Toast />
      <app.Toast place="sidebar" />
      <app.Toast place="panel" />
      <textarea id={INPUT_ID} />
    </>,
  );
  tell('Chat deleted');
  for (const overlay of [null, 'sidebar', 'panel'] as const) {
    act(() => app.appStore.setState({ overlay }));
    expect(screen.getAllByRole('status')).toHaveLength(1);
  }
  act(() => app.appStore.setState({ overlay: null }));
  fireEvent.click(screen.getByRole('button', { name: 'Close this notice' }));
  expect(screen.queryByRole('status')).toBeNull();
  expect(document.activeElement?.id).toBe(INPUT_ID);
});

it('speaks the language of the moment', () => {
  act(() => app.appStore.setState({ toast: { words: () => t('shell.done'), undo: null } }));
  render(<app.Toast />);
  expect(screen.getByRole('status').textContent).toBe('Done');
  setLanguage('de');
  cleanup();
  render(<app.Toast />);
  expect(screen.getByRole('status').textContent).toBe('Erledigt');
  setLanguage('en');
});
