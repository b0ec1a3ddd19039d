// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Tidying } from '../../../electron/ipc/frames.js';
import { recordBridge } from '../fixtures/recorded-bridge.js';

beforeAll(() => void recordBridge([]));
const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('./Tidying.js')),
});
let app: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  app = await load();
});
beforeEach(() => app.appStore.setState(app.initialState('c'), true));
afterEach(cleanup);

const tell = (tidying: Tidying) => act(() => app.appStore.setState({ tidying }));

it('announces that it has begun, and what came of it, where nothing stood before', () => {
  render(<app.Tidying />);
  const place = screen.getByRole('status');
  expect(place.textContent).toBe('');
  tell({ state: 'running', done: 1, total: 30, planned: [] });
  expect(place.textContent).toBe('Tidying memory');
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('1');
  tell({ state: 'failed', error: { code: 'OUT_OF_MEMORY', message: 'No room.' } });
  expect(place.textContent).toBe('No room.');
  expect(screen.queryByRole('progressbar')).toBeNull();
  expect(screen.getByRole('status')).toBe(place);
});
