import type { SearchHit } from '../../ipc/chat-contract.js';
import type { Database } from './transaction.js';

/** Most chats that a search shows, and messages it looks at for them. */
const MAX_CHATS = 50;
const MAX_MESSAGES = 400;
const SNIPPET_TOKENS = 14;
/** Marks that no text is written with (private use). */
const [BEGIN, END] = ['\uE000', '\uE001'];

/** Every word must occur; the last may still be being typed. Null: there is no word in it. */
export function matchOf(query: string): string | null {
  const words = query.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu);
  return words?.map((word, at) => `"${word}"${at === words.length - 1 ? '*' : ''}`).join(' ') ?? null;
}

/**
 * The chats with all words of a query in one message, or with the query in their title; the newest first, one hit each.
 */
export function searchChats(db: Database, query: string): SearchHit[] {
  const match = matchOf(query);
  if (match === null) return [];
  const hits = new Map<string, SearchHit>();
  for (const { id, title } of titlesWith(db, query.trim())) {
    hits.set(id, { chatId: id, messageId: null, snippet: markedIn(title, query.trim()) });
  }
  const found = db
    .prepare(
      `SELECT m.seq, m.id, m.chat_id FROM message_search
       JOIN messages m ON m.seq = message_search.rowid JOIN chats c ON c.id = m.chat_id
       WHERE message_search MATCH ? AND c.is_deleted = 0 ORDER BY message_search.rowid DESC LIMIT ${MAX_MESSAGES}`,
    )
    .all(match) as { seq: number; id: string; chat_id: string }[];
  const snippet = db.prepare(
    `SELECT snippet(message_search, 0, '${BEGIN}', '${END}', '…', ${SNIPPET_TOKENS}) AS words
     FROM message_search WHERE message_search MATCH ? AND rowid = ?`,
  );
  for (const { seq, id, chat_id: chatId } of found) {
    if (hits.size >= MAX_CHATS) break;
    if (hits.has(chatId)) continue;
    hits.set(chatId, { chatId, messageId: id, snippet: stretches(String(snippet.get(match, seq)?.words)) });
  }
  return [...hits.values()];
}

function titlesWith(db: Database, text: string): { id: string; title: string }[] {
  const pattern = `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
  return db
    .prepare(
      String.raw`SELECT id, title FROM chats WHERE is_deleted = 0 AND title LIKE ? ESCAPE '\' ORDER BY updated_at DESC LIMIT ${MAX_CHATS / 2}`,
    )
    .all(pattern) as { id: string; title: string }[];
}

function markedIn(title: string, text: string): SearchHit['snippet'] {
  const at = title.toLowerCase().indexOf(text.toLowerCase());
  if (at < 0) return [{ text: title, isHit: false }];
  return [
    { text: title.slice(0, at), isHit: false },
    { text: title.slice(at, at + text.length), isHit: true },
    { text: title.slice(at + text.length), isHit: false },
  ].filter((stretch) => stretch.text !== '');
}

/** Text with marks around what was found, in its pieces; lines become one. */
export function stretches(marked: string): SearchHit['snippet'] {
  return marked
    .replace(/\s+/g, ' ')
    .split(new RegExp(`(${BEGIN}[^${END}]*${END})`))
    .filter((piece) => piece !== '')
    .map((piece) => ({
      text: piece.replace(new RegExp(`[${BEGIN}${END}]`, 'g'), ''),
      isHit: piece.startsWith(BEGIN),
    }));
}
