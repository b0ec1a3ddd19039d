export interface Migration {
  /** What `PRAGMA user_version` says afterwards; each is one more than the one before. */
  version: number;
  sql: string;
}

/**
 * Every step from an empty file to the present schema. A step that was released is never changed: a change is a new step,
 * and the schema before it gets a file in fixtures, from which the tests migrate.
 *
 * Messages of a chat are a tree by `parent_id`. `details` is JSON: what a message has besides its text. Full-text search
 * reads from the rows themselves; short prefixes have an index, as words are searched while they are typed.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE chats (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        is_pinned INTEGER NOT NULL,
        is_archived INTEGER NOT NULL,
        leaf_id TEXT,
        compression TEXT,
        draft TEXT,
        is_deleted INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE TABLE messages (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        chat_id TEXT NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
        parent_id TEXT,
        role TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        text TEXT NOT NULL,
        pasted TEXT,
        details TEXT NOT NULL
      ) STRICT;
      CREATE INDEX messages_of_chat ON messages (chat_id);
      CREATE VIEW message_words (seq, words) AS
        SELECT seq, text || coalesce((SELECT char(10) || group_concat(value, char(10)) FROM json_each(pasted)), '') FROM messages;
      CREATE VIRTUAL TABLE message_search USING fts5 (
        words, content = 'message_words', content_rowid = 'seq',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
      );
      CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
        INSERT INTO message_search (rowid, words) SELECT seq, words FROM message_words WHERE seq = new.seq;
      END;
      CREATE TRIGGER message_changes BEFORE UPDATE OF text, pasted ON messages BEGIN
        INSERT INTO message_search (message_search, rowid, words)
          SELECT 'delete', seq, words FROM message_words WHERE seq = old.seq;
      END;
      CREATE TRIGGER message_changed AFTER UPDATE OF text, pasted ON messages BEGIN
        INSERT INTO message_search (rowid, words) SELECT seq, words FROM message_words WHERE seq = new.seq;
      END;
      CREATE TRIGGER message_goes BEFORE DELETE ON messages BEGIN
        INSERT INTO message_search (message_search, rowid, words)
          SELECT 'delete', seq, words FROM message_words WHERE seq = old.seq;
      END;
    `,
  },
  {
    // JSON: what is asked for in the chat, and the model that answered in it last.
    version: 2,
    sql: `
      ALTER TABLE chats ADD COLUMN settings TEXT;
      ALTER TABLE chats ADD COLUMN model TEXT;
    `,
  },
];
