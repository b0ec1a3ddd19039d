import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Chat, emptyChat } from '../store/state.js';
import { archivedOf, linesOf } from './sections.js';

const now = new Date(2026, 2, 15, 13, 0);
const at = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime();
const chat = (id: string, updatedAt: number, more: Partial<Chat> = {}): Chat => ({
  ...emptyChat(id),
  title: id,
  leafId: 'm',
  updatedAt,
  ...more,
});
const byId = (...chats: Chat[]) => Object.fromEntries(chats.map((each) => [each.id, each]));

it('groups chats by the day they were last written in, pinned ones first', () => {
  const chats = byId(
    chat('morning', at(15, 8)),
    chat('late', at(14, 23)),
    chat('noon', at(15, 12)),
    chat('week', at(9, 1)),
    chat('old', at(1, 1)),
    chat('kept', at(2, 1), { isPinned: true }),
    chat('away', at(15, 9), { isArchived: true }),
    chat('empty', at(15, 9), { leafId: null }),
  );
  expect(linesOf(chats, now).map((line) => (line.kind === 'heading' ? `# ${line.section}` : line.chat.id))).toEqual([
    '# pinned',
    'kept',
    '# today',
    'noon',
    'morning',
    '# yesterday',
    'late',
    '# week',
    'week',
    '# older',
    'old',
  ]);
  expect(archivedOf(chats)).toMatchObject([{ chat: { id: 'away' } }]);
});

it('shows every chat once, under one heading of its name', () => {
  const any = fc.record({ updatedAt: fc.nat(now.getTime()), isPinned: fc.boolean(), isArchived: fc.boolean() });
  fc.assert(
    fc.property(fc.array(any), (made) => {
      const chats = byId(...made.map((each, n) => chat(`c${n}`, each.updatedAt, each)));
      const lines = linesOf(chats, now);
      const headings = lines.flatMap((line) => (line.kind === 'heading' ? [line.section] : []));
      expect(new Set(headings).size).toBe(headings.length);
      const shown = lines.flatMap((line) => (line.kind === 'chat' ? [line.chat.id] : []));
      expect(shown.length + archivedOf(chats).length).toBe(made.length);
    }),
  );
});
