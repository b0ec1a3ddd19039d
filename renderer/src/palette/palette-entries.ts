import type { SearchHit } from '../../../electron/ipc/chat-contract.js';
import type { AppState, Chat } from '../store/state.js';
import { PALETTE_COMMANDS, type PaletteCommand } from './palette-commands.js';

export interface PaletteChat {
  chatId: string;
  title: string;
  /** Where in it the words were found; null: in its title, or nothing was looked for. */
  hit: SearchHit | null;
}

/** As many as one screen shows: who wants more writes another word. */
const MOST_CHATS = 20;
const RECENT_CHATS = 5;

function wordsOf(query: string): string[] {
  return query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
}

function hasWords(text: string, words: readonly string[]): boolean {
  const lower = text.toLocaleLowerCase();
  return words.every((word) => lower.includes(word));
}

/** Commands that have all words of a query and would change something now; a name that begins with it is first. */
export function commandsFor(query: string, state: AppState): PaletteCommand[] {
  const words = wordsOf(query);
  const start = query.trim().toLocaleLowerCase();
  const found = PALETTE_COMMANDS.filter(
    (command) => (command.applies?.(state) ?? true) && hasWords(command.words(), words),
  );
  const begins = (command: PaletteCommand) => command.words().toLocaleLowerCase().startsWith(start);
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}

/**
 * Chats by their titles at once, newest first, then those whose messages have the words; without a query, the last ones
 * that were written in.
 */
export function chatsFor(
  query: string,
  { chats, currentChatId }: Pick<AppState, 'chats' | 'currentChatId'>,
  hits: readonly SearchHit[] | null,
): PaletteChat[] {
  const words = wordsOf(query);
  const isListed = ({ leafId, isArchived }: Chat) => leafId !== null && (!isArchived || words.length > 0);
  const listed = Object.values(chats).filter((chat) => isListed(chat) && hasWords(chat.title, words));
  const newest = listed.sort((a, b) => b.updatedAt - a.updatedAt);
  if (words.length === 0)
    return newest
      .filter(({ id }) => id !== currentChatId)
      .slice(0, RECENT_CHATS)
      .map(byTitle);
  const titled = new Set(newest.map(({ id }) => id));
  const inside = (hits ?? []).filter(({ chatId, messageId }) => messageId !== null && !titled.has(chatId));
  return [
    ...newest.map(byTitle),
    ...inside.flatMap((hit) => {
      const chat = chats[hit.chatId];
      return chat ? [{ chatId: chat.id, title: chat.title, hit }] : [];
    }),
  ].slice(0, MOST_CHATS);
}

function byTitle({ id, title }: Chat): PaletteChat {
  return { chatId: id, title, hit: null };
}
