// @vitest-environment jsdom
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { EngineErrorCode } from '../../../engine/errors.js';
import type { KvStats } from '../../../engine/types.js';
import { setLanguage } from '../../../locales/words.js';
import { type Answer, type AppState, emptyChat } from '../store/state.js';

const load = async () => ({ ...(await import('./ContextLimit.js')), ...(await import('../store/state.js')) });
let app: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  vi.stubGlobal('pyramid', {});
  app = await load();
});

function stateAt(tokensSeen: number, change: Partial<AppState> = {}): AppState {
  const kv = { tokensSeen, contextLength: 1000 } as KvStats;
  return { ...app.initialState('c'), kv, kvChatId: 'c', ...change };
}

describe('the notice of a nearly full context', () => {
  it('comes at 85 %, in the chat that it is about', () => {
    expect(app.isContextNearlyFull(stateAt(849))).toBe(false);
    expect(app.isContextNearlyFull(stateAt(850))).toBe(true);
    expect(app.isContextNearlyFull(stateAt(850, { kvChatId: 'other' }))).toBe(false);
  });

  it('stays away where it was closed, and where the last answer says that the context is full', () => {
    expect(app.isContextNearlyFull(stateAt(900, { limitNoticeClosed: { c: true } }))).toBe(false);
    expect(app.isContextNearlyFull(stateAt(900, { limitNoticeClosed: { other: true } }))).toBe(true);
    const chats = { c: { ...emptyChat('c'), messageIds: ['a'] } };
    const isTold = (state: Answer['state']) => {
      const last: Answer = { id: 'a', role: 'assistant', text: '', hasHole: false, state };
      return app.isContextNearlyFull(stateAt(1000, { chats, messages: { a: last } }));
    };
    const failed = (code: EngineErrorCode) =>
      ({ phase: 'failed', error: { code, message: '' }, figures: null }) as const;
    expect(isTold({ phase: 'done', stopReason: 'contextFull' } as Answer['state'])).toBe(false);
    expect(isTold(failed('PROMPT_TOO_LONG'))).toBe(false);
    expect(isTold(failed('SYSTEM_PROMPT_TOO_LONG'))).toBe(false);
    expect(isTold(failed('INTERNAL'))).toBe(true);
  });
});

describe('the room that is left', () => {
  it.each([
    [0, 100, 'Nothing more fits.'],
    [300, null, '300 tokens are left.'],
    [1, null, '1 token is left.'],
    [90, 100, '90 tokens are left: less than the last answer took.'],
    [190, 100, '190 tokens are left, about 1 answer like the last.'],
    [1072, 212, '1,072 tokens are left, about 5 answers like the last.'],
  ])('of %d tokens beside answers of %s', (left, answerTokens, words) => {
    expect(app.roomWords(left, answerTokens)).toBe(words);
  });

  it('is told in the language of the window', () => {
    setLanguage('de');
    expect(app.roomWords(1072, 212)).toBe('1.072 Tokens sind noch frei, etwa 5 Antworten wie die letzte.');
    expect(app.roomWords(1, 1, 'short')).toBe('1 Token ist noch frei, etwa 1 kurze Antwort.');
    setLanguage('en');
  });

  it('is counted in short answers where those were asked for', () => {
    expect(app.roomWords(492, 150, 'short')).toBe('492 tokens are left, about 3 short answers.');
    expect(app.roomWords(100, 150, 'short')).toBe('100 tokens are left: less than a short answer takes.');
  });
});
