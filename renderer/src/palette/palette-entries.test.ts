// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchHit } from '../../../electron/ipc/chat-contract.js';
import type { AppState, Chat } from '../store/state.js';

let entries: typeof import('./palette-entries.js');
let state: AppState;

beforeAll(async () => {
  window.pyramid = {} as typeof window.pyramid;
  entries = await import('./palette-entries.js');
  state = (await import('../store/store.js')).appStore.getState();
});

const chat = (id: string, title: string, updatedAt: number, isArchived = false): Chat => ({
  ...{
    id,
    title,
    updatedAt,
    isArchived,
    messageIds: [],
    leafId: 'm',
    isPinned: false,
    compression: null,
    settings: {},
    model: null,
  },
});
const chats = Object.fromEntries(
  [
    chat('now', 'Bread at night', 9),
    chat('a', 'Walnut bread', 5),
    chat('b', 'Lighthouse', 7),
    chat('old', 'Bread of old', 1, true),
    { ...chat('empty', '', 10), leafId: null },
  ].map((each) => [each.id, each]),
);
const hit = (chatId: string, messageId: string | null): SearchHit => ({
  ...{ chatId, messageId, snippet: [{ text: 'bread', isHit: true }] },
});

describe('commands', () => {
  const found = (query: string, changes: Partial<AppState> = {}) =>
    entries.commandsFor(query, { ...state, ...changes }).map(({ id }) => id);

  it('are found by parts of their words, in any order and case', () => {
    expect(found('SHORT key')).toEqual(['showKeys']);
    expect(found('no such command')).toEqual([]);
  });

  it('begin with those whose name begins so', () => {
    expect(found('op').slice(0, 2)).toEqual(['openModel', 'openTrace']);
    expect(found('mod')[0]).toBe('showModels');
  });

  it('are left out where they would change nothing', () => {
    expect(found('theme', { theme: 'dark' })).toEqual(['theme.system', 'theme.light']);
    expect(found('deutsch')).toEqual(['language.de']);
    expect(found('language', { settings: { language: 'de' } as AppState['settings'] })).toEqual(['language.en']);
    expect(found('compare')).toEqual([]);
    expect(found('compare', { model: { state: 'ready' } as AppState['model'] })).toEqual(['toggleComparison']);
  });
});

describe('chats', () => {
  const found = (query: string, hits: readonly SearchHit[] | null = null) =>
    entries.chatsFor(query, { chats, currentChatId: 'now' }, hits).map(({ chatId }) => chatId);

  it('without a query are the latest others, none of the archive', () => {
    expect(found('')).toEqual(['b', 'a']);
  });

  it('are found by their titles before the search has answered, archived ones too', () => {
    expect(found('bread')).toEqual(['now', 'a', 'old']);
    expect(found('BREAD wal')).toEqual(['a']);
  });

  it('then by their messages, each chat once', () => {
    expect(found('bread', [hit('a', 'm'), hit('b', 'm'), hit('old', null), hit('gone', 'm')])).toEqual([
      ...['now', 'a', 'old', 'b'],
    ]);
  });

  it('are no more than are looked through', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at}`, chat(`${at}`, 'Bread', at)]));
    expect(entries.chatsFor('bread', { chats: many, currentChatId: '' }, null)).toHaveLength(20);
  });
});
