// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LibraryModel } from '../../../electron/ipc/model-contract.js';
import { pieceKey } from '../attachments/piece.js';
import { READY } from '../fixtures/ready-model.js';
import { recordBridge } from '../fixtures/recorded-bridge.js';

let asked: ReturnType<typeof recordBridge>;

beforeAll(() => {
  asked = recordBridge(['countTokens', 'loadModel', 'keepAssistants', 'exportAssistants']);
});

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('../models/models-store.js')),
  ...(await import('../store/window-actions.js')),
  ...(await import('./ChatTab.js')),
  ...(await import('./OtherModel.js')),
});
let app: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  app = await load();
});
beforeEach(() => {
  asked.length = 0;
  const builtIn = [{ id: 'plain', name: 'Plain' }];
  app.appStore.setState(
    { ...app.initialState('c'), model: READY, assistants: { builtIn, own: [], error: null } },
    true,
  );
});
afterEach(cleanup);

const chat = () => app.appStore.getState().chats.c;
const field = (name: string) => screen.getByRole('textbox', { name }) as HTMLInputElement;

describe('a number of the chat', () => {
  beforeEach(() => void render(<app.ChatTab />));

  it('is taken over by Enter, shows what the app has while it is empty, and can be left to it again', () => {
    expect(field('Top-p').placeholder).toBe('0.95');
    expect(field('Temperature').placeholder).toBe('0.2');
    expect(field('Seed').placeholder).toBe('new each time');
    fireEvent.change(field('Top-p'), { target: { value: '0.5' } });
    expect(chat().settings).toEqual({});
    fireEvent.keyDown(field('Top-p'), { key: 'Enter' });
    expect(chat().settings).toEqual({ sampling: { topP: 0.5 } });
    fireEvent.click(screen.getByRole('button', { name: 'Top-p: as in the settings again (0.95)' }));
    expect(chat().settings).toEqual({});
    expect(field('Top-p').value).toBe('');
    expect(screen.queryByRole('button', { name: /^Top-p: as/ })).toBeNull();
    expect(document.activeElement).toBe(field('Top-p'));
  });

  it('becomes that of the chat in which it was typed, also by going to another chat or closing the panel', () => {
    const openNew = () =>
      act(() =>
        app.appStore.setState(({ chats }) => ({ chats: { ...chats, d: app.emptyChat('d') }, currentChatId: 'd' })),
      );
    fireEvent.change(field('Top-p'), { target: { value: '0.5' } });
    openNew();
    expect(chat().settings).toEqual({ sampling: { topP: 0.5 } });
    expect(field('Top-p').value).toBe('');
    fireEvent.change(field('Most tokens of an answer'), { target: { value: '9' } });
    cleanup();
    expect(app.appStore.getState().chats.d.settings).toEqual({ maxTokens: 9 });
  });

  it('goes nowhere when its chat is gone', () => {
    fireEvent.change(field('Top-p'), { target: { value: '0.5' } });
    act(() => app.appStore.setState({ chats: { d: app.emptyChat('d') }, currentChatId: 'd' }));
    expect(app.appStore.getState().chats).toEqual({ d: app.emptyChat('d') });
  });

  it('that cannot be says why at its field, and is not taken over', () => {
    fireEvent.change(field('Top-k'), { target: { value: '1.5' } });
    fireEvent.blur(field('Top-k'));
    expect(screen.getByRole('alert').textContent).toBe('A whole number from 0 to 1,000.');
    expect(field('Top-k').getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id);
    expect(chat().settings).toEqual({});
  });
});

describe('the system prompt', () => {
  it('is kept with every key, and counted', async () => {
    vi.useFakeTimers();
    render(<app.ChatTab />);
    fireEvent.change(field('System prompt'), { target: { value: 'Be brief.' } });
    expect(chat().settings).toEqual({ systemPrompt: 'Be brief.' });
    await vi.advanceTimersByTimeAsync(400);
    vi.useRealTimers();
    expect(asked).toMatchObject([['countTokens', { text: 'Be brief.' }]]);
    fireEvent.click(screen.getByRole('button', { name: 'Remove the system prompt' }));
    expect(chat().settings).toEqual({});
    expect(document.activeElement).toBe(field('System prompt'));
  });

  it('says so where the model’s template has no place for it', () => {
    const runtime = { ...READY.runtime, takesSystemMessages: false };
    app.appStore.setState({ model: { ...READY, runtime } });
    render(<app.ChatTab />);
    expect(screen.queryByText(/has no place for a system prompt/)).toBeNull();
    fireEvent.change(field('System prompt'), { target: { value: 'Be brief.' } });
    expect(screen.getByText(/has no place for a system prompt/)).toBeTruthy();
  });

  it('that fills the context says so', () => {
    render(<app.ChatTab />);
    fireEvent.change(field('System prompt'), { target: { value: 'Be brief.' } });
    const count = (tokens: number) =>
      act(() => app.appStore.setState({ tokenCounts: { [pieceKey('Be brief.')]: tokens } }));
    count(99);
    expect(screen.queryByText(/no message fits/)).toBeNull();
    count(100);
    expect(screen.getByText('It fills the context of 100 tokens: no message fits beside it.')).toBeTruthy();
  });

  it('cannot be longer than is kept, and that is said', () => {
    render(<app.ChatTab />);
    fireEvent.change(field('System prompt'), { target: { value: 'a'.repeat(32_000) } });
    expect(screen.getByText('32,000 characters are the most; what is more is left out.')).toBeTruthy();
  });
});

describe('an assistant made of the chat', () => {
  it('needs a name', () => {
    render(<app.ChatTab />);
    fireEvent.click(screen.getByRole('button', { name: 'Save as assistant…' }));
    const form = screen.getByRole('form', { name: 'Save as assistant' });
    fireEvent.submit(form);
    expect(within(form).getByRole('alert').textContent).toBe('It needs a name.');
    expect(app.appStore.getState().assistants.own).toEqual([]);
    fireEvent.change(within(form).getByRole('textbox', { name: 'Name' }), { target: { value: 'Brief' } });
    fireEvent.submit(form);
    expect(app.appStore.getState().assistants.own).toMatchObject([{ name: 'Brief' }]);
    expect(screen.queryByRole('form')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Save as assistant…' }));
  });

  it('is given up by Esc', () => {
    render(<app.ChatTab />);
    fireEvent.click(screen.getByRole('button', { name: 'Save as assistant…' }));
    fireEvent.keyDown(field('Name'), { key: 'Escape' });
    expect(screen.queryByRole('form')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Save as assistant…' }));
  });

  it('leaves the chat as it is when it is deleted, also where it was looked for in the list', async () => {
    const made = { id: 'a', name: 'Brief', systemPrompt: 'Be brief.' };
    act(() => app.appStore.setState(({ assistants }) => ({ assistants: { ...assistants, own: [made] } })));
    render(<app.ChatTab />);
    act(() => app.actions.takeAssistant('a'));
    const select = screen.getByRole('combobox', { name: 'Assistant: Brief' });
    fireEvent.click(select);
    await screen.findByRole('option', { name: /^Brief/ });
    await act(async () => app.actions.deleteAssistant('a'));
    expect(chat().settings).toEqual({ assistantId: 'a', systemPrompt: 'Be brief.' });
    expect(screen.getByRole('combobox', { name: 'Assistant: Not on this computer' })).toBeTruthy();
    expect(app.appStore.getState().toast?.words()).toBe('Assistant “Brief” deleted');
  });
});

describe('a chat that was held with another model', () => {
  const held = (leafId: string | null) =>
    app.appStore.setState({
      chats: { c: { ...app.emptyChat('c'), leafId, model: { file: 'other-Q4_0.gguf', hash: 'x' } } },
    });
  const library = (bytes: number | null, hash = 'x') =>
    app.modelsStore.setState({
      view: { library: [{ id: 'o', path: '/x/other-Q4_0.gguf', bytes, hash } as LibraryModel], downloads: [], hub: '' },
    });

  it('says so, and leads to either', () => {
    held('a');
    library(5);
    render(<app.OtherModel />);
    expect(screen.getByRole('status').textContent).toContain('This chat was held with other.');
    fireEvent.click(screen.getByRole('button', { name: 'Load other' }));
    expect(asked).toEqual([['loadModel', { path: '/x/other-Q4_0.gguf' }]]);
    fireEvent.click(screen.getByRole('button', { name: 'Go on with m' }));
    expect(chat().model).toEqual({ file: 'm.gguf', hash: 'h' });
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('says where it is not on this computer, and what only an assistant wants', () => {
    held(null);
    library(null);
    render(<app.OtherModel />);
    expect(screen.getByRole('status').textContent).toContain('goes with other, which is not on this computer.');
    fireEvent.click(screen.getByRole('button', { name: 'Models…' }));
    expect(app.modelsStore.getState().page).toBe('library');
  });

  it('says so where only another model has its name, and does not offer that', () => {
    held('a');
    library(5, 'y');
    render(<app.OtherModel />);
    expect(screen.getByRole('status').textContent).toContain('a file of that name on this computer, but it is another');
    expect(screen.queryByRole('button', { name: /^Load/ })).toBeNull();
  });

  it('is told in the panel; before a word was said, as the one that the assistant wants', () => {
    held(null);
    render(<app.ChatTab />);
    expect(screen.getByText('This assistant goes with other.')).toBeTruthy();
    act(() => held('a'));
    expect(screen.getByText('Answered last by other.')).toBeTruthy();
  });

  it('says nothing while none is loaded', () => {
    held('a');
    app.appStore.setState({ model: { state: 'none' } });
    const { container } = render(<app.OtherModel />);
    expect(container.textContent).toBe('');
  });
});
