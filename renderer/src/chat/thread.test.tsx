// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GenerateTimings, KvStats } from '../../../engine/types.js';
import { recordBridge } from '../fixtures/recorded-bridge.js';
import type { Answer, AnswerState, Chat } from '../store/state.js';

const timings: GenerateTimings = { prefillMs: 10, firstTokenMs: 1600, decodeMsPerToken: 11.9 };
const figures = { promptTokens: 40, reusedTokens: 3, completionTokens: 14, seed: 42, timings };
let asked: ReturnType<typeof recordBridge>;

beforeAll(() => {
  asked = recordBridge([
    'composing',
    'generate',
    'stop',
    'openExternal',
    'openLog',
    'loadModel',
    'setTheme',
    'setCompression',
  ]);
});

const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('./AnswerView.js')),
  ...(await import('./Announcer.js')),
  ...(await import('./Composer.js')),
  ...(await import('./Markdown.js')),
  ...(await import('./Notices.js')),
  ...(await import('./UserBubble.js')),
});
let app: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  app = await load();
});
beforeEach(() => {
  asked.length = 0;
  app.appStore.setState(app.initialState('c'), true);
});
afterEach(cleanup);

function show(state: AnswerState, text = '') {
  const { AnswerView } = app;
  return render(<AnswerView answer={{ id: 'a', role: 'assistant', text, hasHole: false, state }} isLast />);
}

describe('an answer', () => {
  it('tells how far the prompt is read and what was reused', () => {
    const { container } = show({
      phase: 'reading',
      processed: 1194,
      total: 1925,
      reused: 45,
      promptTokens: 2010,
      since: 0,
      first: 1194,
    });
    expect(container.textContent).toContain('Reading prompt 62 %');
    expect(container.textContent).toContain('2,010 tokens');
    expect(container.textContent).toContain('Reused from the last turn: 45 tokens');
  });

  it('counts while it is written, and says how to stop', () => {
    const { container } = show({ phase: 'writing', tokens: 14, timings }, 'Three of');
    expect(container.textContent).toContain('14 tokens · 84 tok/s');
    expect(container.textContent).toContain('Writing. Esc stops');
  });

  it('tells who stopped it and offers to regenerate', () => {
    const { container } = show({ phase: 'stopped', figures }, 'Three of');
    expect(container.textContent).toContain('Stopped by you after 14 tokens');
    expect(screen.getByRole('button', { name: 'Regenerate' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy answer' })).toBeTruthy();
  });

  it('has nothing to copy where it was stopped before the first token', () => {
    const { container } = show({ phase: 'stopped', figures: null });
    expect(container.textContent).toContain('Stopped by you before the first token');
    expect(screen.queryByRole('button', { name: 'Copy answer' })).toBeNull();
  });

  it('is not said to have no token where it has words whose number is not known', () => {
    const { container } = show({ phase: 'stopped', figures: null }, 'Three of');
    expect(container.textContent).toContain('Stopped by you');
    expect(container.textContent).not.toContain('before the first token');
  });

  it('is never silent about a full context', () => {
    show({ phase: 'done', stopReason: 'contextFull', figures }, 'And so');
    expect(screen.getByRole('status').textContent).toContain('The context is full');
  });
});

describe('the end of the context', () => {
  const kv = { tokensSeen: 900, contextLength: 1000, layers: [] } as unknown as KvStats;

  it('is told ahead, with what helps, until the notice is closed', () => {
    const { Notices, appStore } = app;
    appStore.setState({ kv, kvChatId: 'c' });
    render(<Notices />);
    const notice = screen.getByRole('status');
    expect(notice.textContent).toContain('900 of 1,000 tokens used. 100 tokens are left.');
    expect(notice.textContent).toContain('No message is cut off or left out.');
    fireEvent.click(screen.getByRole('button', { name: 'Short answers' }));
    expect(screen.getByRole('button', { name: 'Short answers', pressed: true })).toBeTruthy();
    expect(appStore.getState().chats.c.settings).toEqual({ maxTokens: 150, maxTokensBefore: null });
    fireEvent.click(screen.getByRole('button', { name: 'Close this notice' }));
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('is not what ended an answer of which few tokens were asked for', () => {
    const set = (settings: Chat['settings']) =>
      act(() => app.appStore.setState({ chats: { c: { ...app.emptyChat('c'), settings } } }));
    set({ maxTokens: 14 });
    const { container } = show({ phase: 'done', stopReason: 'maxTokens', figures }, 'Three of');
    expect(container.textContent).toContain('Ended after 14 tokens: that is the most that this chat asks for');
    // A limit of its own is the user's to change.
    expect(screen.queryByRole('button', { name: 'Long answers again' })).toBeNull();
    set({ maxTokens: 14, maxTokensBefore: 900 });
    fireEvent.click(screen.getByRole('button', { name: 'Long answers again' }));
    expect(app.appStore.getState().chats.c.settings).toEqual({ maxTokens: 900 });
    expect(screen.queryByRole('button', { name: 'Long answers again' })).toBeNull();
  });
});

describe('chats that cannot be read', () => {
  it('are told with a way to the cause, until the notice is closed', () => {
    const { Notices, appStore } = app;
    appStore.setState({ fileError: { code: 'CHATS_UNAVAILABLE', message: 'Away.' } });
    render(<Notices />);
    expect(screen.getByRole('alert').textContent).toContain('Chats cannot be kept. Away.');
    fireEvent.click(screen.getByRole('button', { name: 'Open log' }));
    expect(asked).toEqual([['openLog', undefined]]);
    fireEvent.click(screen.getByRole('button', { name: 'Close this notice' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('a budget that is too small', () => {
  it('is raised to the least that will do by one click, which answers again', async () => {
    const { appStore, initialState } = app;
    const error = { code: 'KV_BUDGET_TOO_SMALL', message: '', details: { leastBytes: 4_310_000 } } as const;
    const failed: Answer = {
      id: 'a',
      role: 'assistant',
      text: '',
      hasHole: false,
      state: { phase: 'failed', error, figures: null },
    };
    const user = { id: 'u', role: 'user', text: 'Hello', pasted: [] } as const;
    appStore.setState({
      ...initialState('c'),
      messages: { u: user, a: failed },
      chats: { c: { ...app.emptyChat('c'), title: 'Hello', messageIds: ['u', 'a'] } },
    });
    show(failed.state);
    expect(screen.getByRole('alert').textContent).toContain('grow to 4.4 MB');
    fireEvent.click(screen.getByRole('button', { name: 'Use 4.4 MB' }));
    expect(appStore.getState().compression).toEqual({ budgetBytes: 4.4e6 });
    expect(asked).toEqual([['setCompression', { compression: { budgetBytes: 4.4e6 } }]]);
    expect(appStore.getState().queued).toHaveLength(1);
  });
});

describe('what a model writes', () => {
  it('stays text where it is HTML, and loads no picture', () => {
    const { Markdown } = app;
    const text = 'A <b onclick="x()">b</b>\n\n<script>alert(1)</script>\n\n![a cat](https://example.org/cat.png)';
    const { container } = render(<Markdown text={text} />);
    expect(container.querySelector('script, b, img')).toBeNull();
    expect(container.textContent).toContain('<script>alert(1)</script>');
    expect(container.textContent).toContain('[picture: a cat]');
  });

  it('keeps the lines of a paragraph apart', () => {
    const { Markdown } = app;
    const { container } = render(<Markdown text={'Colours:\nRed  \nBlue'} />);
    expect(container.querySelectorAll('br')).toHaveLength(2);
  });

  it('opens links through the main process, and only those of the web and mail', () => {
    const { Markdown } = app;
    render(<Markdown text={'[safe](https://example.org/a) [bad](javascript:alert(1)) [file](file:///etc/passwd)'} />);
    fireEvent.click(screen.getByRole('link', { name: 'safe' }));
    expect(asked).toEqual([['openExternal', { url: 'https://example.org/a' }]]);
    expect(screen.getAllByRole('link')).toHaveLength(1);
  });

  it('shows code with its language, half written too', () => {
    const { Markdown } = app;
    const { container } = render(<Markdown text={'Look:\n\n```python\nx = 1\nprint('} />);
    expect(container.querySelector('.code-h')?.textContent).toContain('Python');
    expect(container.querySelector('pre')?.textContent).toBe('x = 1\nprint(');
  });
});

describe('a message of a megabyte', () => {
  it('is one line with its size until it is opened', () => {
    const { UserBubble } = app;
    const message = {
      id: 'u',
      role: 'user',
      text: 'Why?',
      pasted: [`Log of today\n${'line\n'.repeat(200_000)}`],
    } as const;
    const { container } = render(<UserBubble message={message} />);
    expect(container.textContent).toBe('Why?Log of todaypasted · 1.0 MB');
    fireEvent.click(screen.getByRole('button', { name: /Log of today/ }));
    expect(container.textContent?.length).toBeLessThan(70_000);
    expect(container.textContent).toContain('more characters, sent but not shown here');
  });
});

describe('the composer', () => {
  const box = () => screen.getByRole('textbox', { name: 'Message' });

  it('sends with Enter, not with Shift+Enter nor while an input method composes', () => {
    const { Composer, appStore } = app;
    render(<Composer />);
    fireEvent.change(box(), { target: { value: 'Hello' } });
    fireEvent.keyDown(box(), { key: 'Enter', shiftKey: true });
    fireEvent.keyDown(box(), { key: 'Enter', isComposing: true });
    fireEvent.keyDown(box(), { key: 'Enter', keyCode: 229 });
    expect(appStore.getState().queued).toEqual([]);
    fireEvent.keyDown(box(), { key: 'Enter' });
    expect(appStore.getState().queued).toHaveLength(1);
    expect(box()).toHaveProperty('value', '');
  });

  it('keeps a long paste as a line that can be removed', () => {
    const { Composer, appStore } = app;
    render(<Composer />);
    fireEvent.paste(box(), { clipboardData: { getData: () => 'Notes\n'.repeat(40_000) } });
    expect(box()).toHaveProperty('value', '');
    expect(screen.getByRole('list', { name: 'Attached texts' }).textContent).toContain('Notes');
    fireEvent.click(screen.getByRole('button', { name: 'Remove the pasted text' }));
    expect(appStore.getState().drafts.c.pasted).toEqual([]);
  });

  it('stops with the button while an answer runs', () => {
    const { Composer, appStore } = app;
    appStore.setState({ running: { answerId: 'a', chatId: 'c' } });
    render(<Composer />);
    fireEvent.click(screen.getByRole('button', { name: 'Stop (Esc)' }));
    expect(asked).toEqual([['stop', { requestId: 'a' }]]);
  });
});

describe('announcements', () => {
  it('are finished sentences and the end, never single tokens', () => {
    vi.useFakeTimers();
    const { Announcer, appStore } = app;
    render(<Announcer />);
    const said = () => [...screen.getByRole('log').children].map((line) => line.textContent);
    const write = (text: string, state: AnswerState) =>
      act(() =>
        appStore.setState((before) => ({
          messages: { ...before.messages, a: { id: 'a', role: 'assistant', text, hasHole: false, state } },
        })),
      );
    write('', app.READING_BEGINS);
    act(() => appStore.setState({ running: { answerId: 'a', chatId: 'c' } }));
    for (const text of ['Red', 'Red is. Blu', 'Red is. Blue is']) write(text, { phase: 'writing', tokens: 3, timings });
    expect(said()).toEqual(['Reading the prompt.']);
    act(() => vi.advanceTimersByTime(1000));
    expect(said()).toEqual(['Reading the prompt.', 'Red is.']);
    write('Red is. Blue is.', { phase: 'done', stopReason: 'endToken', figures });
    act(() => appStore.setState({ running: null }));
    expect(said().at(-1)).toBe('Blue is. Answer finished, 14 tokens.');
    vi.useRealTimers();
  });

  it('say what is new of an answer that is written on, also at once', () => {
    const { Announcer, appStore } = app;
    render(<Announcer />);
    const said = () => [...screen.getByRole('log').children].map((line) => line.textContent);
    const answer = (text: string, continuedFrom: number, state: AnswerState): Answer => ({
      ...{ id: 'a', role: 'assistant', text, hasHole: false, continuedFrom, state },
    });
    const goOn = (before: string, after: string) => {
      const running = { answerId: 'a', chatId: 'c' };
      act(() => appStore.setState({ running, messages: { a: answer(before, before.length, app.READING_BEGINS) } }));
      const ended = answer(after, before.length, { phase: 'stopped', figures });
      act(() => appStore.setState({ running: null, messages: { a: ended } }));
    };
    goOn('Red is. ', 'Red is. Blue is.');
    expect(said()).toEqual(['Reading the prompt.', 'Blue is. Stopped.']);
    goOn('Red is. Blue is. ', 'Red is. Blue is. Green is.');
    expect(said().slice(2)).toEqual(['Reading the prompt.', 'Green is. Stopped.']);
  });
});
