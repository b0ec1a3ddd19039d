import type { StatementSyncInstance } from '@photostructure/sqlite';
import type { ChatChanges, OpenedChat } from '../../ipc/chat-contract.js';
import type { ChatSummary, DatedMessage, KeptMessage } from '../../ipc/chat-shapes.js';
import {
  datedMessagesOf,
  draftOfRow,
  MESSAGE_COLUMNS,
  messagesOf,
  type Row,
  SUMMARY_COLUMNS,
  summariesOf,
  toColumns,
} from './rows.js';
import { type Database, inTransaction } from './transaction.js';

/** The chats in a database, and what can be done with them. Nothing here waits: it runs on a thread of its own. */
export class ChatTable {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #prepared = new Map<string, StatementSyncInstance>();

  constructor(db: Database, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
  }

  list(): ChatSummary[] {
    const rows = this.#sql(`SELECT ${SUMMARY_COLUMNS} FROM chats WHERE is_deleted = 0 ORDER BY updated_at DESC`).all();
    return summariesOf(rows);
  }

  read(chatId: string): OpenedChat {
    const rows = this.#sql(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE chat_id = ? ORDER BY seq`).all(chatId);
    const chat = this.#sql('SELECT draft FROM chats WHERE id = ?').get(chatId);
    return { messages: messagesOf(rows), draft: draftOfRow(chat as Row | undefined) };
  }

  readDated(chatId: string): DatedMessage[] {
    const rows = this.#sql(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE chat_id = ? ORDER BY seq`).all(chatId);
    return datedMessagesOf(rows);
  }

  createdAt(chatId: string): number {
    return Number(this.#sql('SELECT created_at FROM chats WHERE id = ?').get(chatId)?.created_at);
  }

  has(chatId: string): boolean {
    return this.#sql('SELECT 1 FROM chats WHERE id = ? AND is_deleted = 0').get(chatId) !== undefined;
  }

  keep({ chats, drafts, messages, deletedMessages, deletedChats }: ChatChanges): void {
    const now = this.#now();
    inTransaction(this.#db, () => {
      for (const chat of chats) this.#keepChat(chat, now);
      for (const { chatId, draft } of drafts) {
        const isEmpty = draft.text === '' && draft.pasted.length === 0;
        this.#sql('UPDATE chats SET draft = ? WHERE id = ?').run(isEmpty ? null : JSON.stringify(draft), chatId);
      }
      for (const { chatId, message } of messages) this.#keepMessage(chatId, message, now);
      for (const id of deletedMessages) this.#sql('DELETE FROM messages WHERE id = ?').run(id);
      for (const id of deletedChats) this.#sql('UPDATE chats SET is_deleted = 1 WHERE id = ?').run(id);
    });
  }

  /** A whole chat that came from elsewhere. */
  add(chat: ChatSummary, createdAt: number, messages: readonly DatedMessage[]): void {
    inTransaction(this.#db, () => {
      this.#sql('DELETE FROM chats WHERE id = ? AND is_deleted = 1').run(chat.id);
      this.#keepChat(chat, createdAt);
      for (const { createdAt: at, ...message } of messages) this.#keepMessage(chat.id, message, at);
    });
  }

  /** What was deleted before this start goes for good. */
  purge(): void {
    this.#db.exec('DELETE FROM chats WHERE is_deleted = 1');
  }

  #keepChat(chat: ChatSummary, createdAt: number): void {
    this.#sql(`
      INSERT INTO chats (id, title, created_at, updated_at, is_pinned, is_archived, leaf_id, compression, settings, model)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated_at = excluded.updated_at,
        is_pinned = excluded.is_pinned, is_archived = excluded.is_archived, leaf_id = excluded.leaf_id,
        compression = excluded.compression, settings = excluded.settings, model = excluded.model, is_deleted = 0
    `).run(
      chat.id,
      chat.title,
      createdAt,
      chat.updatedAt,
      chat.isPinned ? 1 : 0,
      chat.isArchived ? 1 : 0,
      chat.leafId,
      chat.compression && JSON.stringify(chat.compression),
      JSON.stringify(chat.settings),
      chat.model && JSON.stringify(chat.model),
    );
  }

  /** A message whose words stay is not indexed anew. */
  #keepMessage(chatId: string, message: KeptMessage, now: number): void {
    const { id, parentId, role, text, pasted, details } = toColumns(message);
    const { changes } = this.#sql(
      'UPDATE messages SET parent_id = ?, details = ? WHERE id = ? AND chat_id = ? AND text = ? AND pasted IS ?',
    ).run(parentId, details, id, chatId, text, pasted);
    if (Number(changes) > 0) return;
    this.#sql(`
      INSERT INTO messages (id, chat_id, parent_id, role, created_at, text, pasted, details)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, text = excluded.text,
        pasted = excluded.pasted, details = excluded.details
    `).run(id, chatId, parentId, role, now, text, pasted, details);
  }

  #sql(text: string): StatementSyncInstance {
    const known = this.#prepared.get(text);
    if (known) return known;
    const statement = this.#db.prepare(text);
    this.#prepared.set(text, statement);
    return statement;
  }
}
