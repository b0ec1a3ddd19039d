// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { VirtuosoMockContext } from 'react-virtuoso';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { PyramidBridge } from '../../../electron/ipc/bridge.js';

const found = [{ chatId: 'found', messageId: null, snippet: [{ text: 'Bread', isHit: true }] }];
const read: unknown[] = [];

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('./Chats.js')),
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  const opened = { messages: [], draft: { text: '', pasted: [] } };
  const readChat = async (input: unknown) => {
    read.push(input);
    return { ok: true, value: opened };
  };
  const searchChats = async () => ({ ok: true, value: found });
  const keepChats = async () => ({ ok: true, value: undefined });
  window.pyramid = { readChat, searchChats, keepChats } as unknown as PyramidBridge;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  app = await load();
});
beforeEach(() => {
  vi.useFakeTimers();
  read.length = 0;
  const { emptyChat, initialState } = app;
  const kept = (id: string, title: string) => ({
    ...emptyChat(id),
    title,
    leafId: `last-${id}`,
    updatedAt: Date.now(),
  });
  const state = initialState('c');
  const chats = { ...state.chats, newest: kept('newest', 'Newest'), found: kept('found', 'Bread') };
  app.appStore.setState({ ...state, chats }, true);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('Enter opens what was found, and no other chat while nothing is found yet', async () => {
  const { Chats } = app;
  render(
    <VirtuosoMockContext.Provider value={{ viewportHeight: 400, itemHeight: 40 }}>
      <Chats />
    </VirtuosoMockContext.Provider>,
  );
  expect(screen.getByRole('button', { name: 'Newest' })).toBeTruthy();
  const box = screen.getByRole('searchbox', { name: 'Search chats' });
  fireEvent.change(box, { target: { value: 'B' } });
  fireEvent.keyDown(box, { key: 'Enter' });
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(read).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(100));
  fireEvent.keyDown(box, { key: 'Enter' });
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(read).toEqual([{ chatId: 'found' }]);
});
