// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { PyramidBridge } from '../../../electron/ipc/bridge.js';

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

const tell = (text: string) => act(() => app.appStore.setState({ toast: { text, undo: (state) => state } }));
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
