import type { Chat } from '../store/state.js';

/** A line of the list: a heading, or a chat under it. */
export type Line = { kind: 'heading'; section: Section } | { kind: 'chat'; chat: Chat };

/** What the chats under a heading have in common. */
type Section = 'pinned' | 'today' | 'yesterday' | 'week' | 'older';

const DAYS = 24 * 60 * 60 * 1000;

/** The chats as the sidebar lists them: pinned ones, then by the day they were last written in, newest first. */
export function linesOf(chats: Readonly<Record<string, Chat>>, now: Date): Line[] {
  const shown = Object.values(chats)
    .filter(({ leafId, isArchived }) => leafId !== null && !isArchived)
    .sort((a, b) => b.updatedAt - a.updatedAt);
  const lines: Line[] = [];
  let before: Section | null = null;
  const pinned = shown.filter(({ isPinned }) => isPinned);
  for (const chat of [...pinned, ...shown.filter(({ isPinned }) => !isPinned)]) {
    const section = chat.isPinned ? 'pinned' : dayOf(chat.updatedAt, now);
    if (section !== before) lines.push({ kind: 'heading', section });
    before = section;
    lines.push({ kind: 'chat', chat });
  }
  return lines;
}

/** Archived chats, newest first. */
export function archivedOf(chats: Readonly<Record<string, Chat>>): Line[] {
  return Object.values(chats)
    .filter(({ leafId, isArchived }) => leafId !== null && isArchived)
    .sort((a, b) => b.updatedAt - a.updatedAt)
    .map((chat) => ({ kind: 'chat', chat }));
}

/** By days of the calendar here: yesterday ends at midnight. */
function dayOf(at: number, now: Date): Section {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (at >= midnight) return 'today';
  // A day may have 23 or 25 hours.
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).getTime();
  if (at >= yesterday) return 'yesterday';
  return at >= midnight - 7 * DAYS ? 'week' : 'older';
}
