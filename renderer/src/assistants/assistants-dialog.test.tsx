// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordBridge } from '../fixtures/recorded-bridge.js';

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('./AssistantsDialog.js')),
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  recordBridge(['keepAssistants']);
  app = await load();
});
beforeEach(async () => {
  const own = ['Alpha', 'Beta'].map((name) => ({ id: name, name }));
  const assistants = { builtIn: [{ id: 'plain', name: 'Plain' }], own, error: null };
  app.appStore.setState({ ...app.initialState('c'), assistants, dialog: 'assistants' }, true);
  render(<app.AssistantsDialog />);
  await screen.findByRole('dialog');
});
afterEach(cleanup);

const button = (name: string) => screen.getByRole('button', { name });
/** By the keyboard, which leaves the focus on it. */
function press(name: string): void {
  act(() => button(name).focus());
  fireEvent.click(button(name));
}

it.each(['Enter', 'Escape'])('after a new name, ended by %s, the focus is on its button', (key) => {
  press('Rename Alpha');
  const field = screen.getByRole('textbox');
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: 'Gamma' } });
  fireEvent.keyDown(field, { key });
  expect(document.activeElement).toBe(button(key === 'Enter' ? 'Rename Gamma' : 'Rename Alpha'));
});

it('after one is deleted it is on the next, and on the window when there is none; so it is after Undo', () => {
  press('Delete Alpha');
  expect(document.activeElement).toBe(button('Delete Beta'));
  press('Delete Beta');
  const dialog = screen.getByRole('dialog');
  expect(document.activeElement).toBe(dialog);
  press('Undo');
  expect(button('Delete Beta')).toBeTruthy();
  expect(document.activeElement).toBe(dialog);
});
