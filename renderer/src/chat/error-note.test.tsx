// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EngineErrorCode } from '../../../engine/errors.js';
import { recordBridge } from '../fixtures/recorded-bridge.js';

beforeAll(() => void recordBridge(['countTokens']));

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('../assistants/SystemPrompt.js')),
  ...(await import('./ErrorNote.js')),
});
let app: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  app = await load();
});
beforeEach(() => app.appStore.setState(app.initialState('c'), true));
afterEach(cleanup);

const show = (code: EngineErrorCode, message: string) =>
  render(<app.ErrorNote error={{ code, message }} isLast hasText={false} />);
const button = (name: string) => screen.queryByRole('button', { name });

it('an answer that failed names the cause and its way out', () => {
  show('PROMPT_TOO_LONG', '928 tokens too many.');
  expect(screen.getByRole('alert').textContent).toContain('This does not fit the context. 928 tokens too many.');
  expect(button('Edit the message')).toBeTruthy();
});

it('one that failed for its system prompt leads to where that is written', async () => {
  show('SYSTEM_PROMPT_TOO_LONG', '9 too many.');
  render(<app.SystemPrompt />);
  fireEvent.click(screen.getByRole('button', { name: 'Edit the system prompt' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'System prompt' })));
  expect(app.appStore.getState().panelTab).toBe('chat');
  expect(button('Edit the message')).toBeNull();
  expect(button('Try again')).toBeTruthy();
});
