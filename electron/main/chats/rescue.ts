import { DatabaseSync } from '@photostructure/sqlite';
import { t } from '../../../locales/words.js';
import type { Rescue } from '../../ipc/chat-contract.js';
import { openDatabase } from './database.js';
import type { Row } from './rows.js';
import type { Database } from './transaction.js';

/** Tries to read around damage, a table. */
const MAX_PROBES = 20_000;
/** More rows than any table has, where the damage hides how many there are. */
const MANY_ROWS = 2 ** 31;

/**
 * Makes a new file with what can be read of a damaged one, which stays as it is. Until all is copied, the new file counts
 * as empty.
 */
export function rescueDatabase(damaged: string, file: string): { db: Database; rescue: Rescue } {
  let copied: Omit<Rescue, 'setAside'> = { chats: 0, messages: 0, lostRows: false };
  const db = openDatabase(file, (target) => {
    copied = copyReadable(damaged, target);
  });
  return { db, rescue: { ...copied, setAside: damaged } };
}

function copyReadable(from: string, to: Database): Omit<Rescue, 'setAside'> {
  let source: Database;
  try {
    source = new DatabaseSync(from);
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch {
    return { chats: 0, messages: 0, lostRows: true };
  }
  try {
    const chats = readableRows(source, 'chats');
    const messages = readableRows(source, 'messages');
    const ids = new Set(chats.rows.map(({ id }) => id));
    // A chat that cannot be read has its messages all the same.
    const orphans = new Set(messages.rows.map(({ chat_id: id }) => id).filter((id) => !ids.has(id)));
    const found = [...orphans].map((id) => ({
      id,
      title: t('main.chats.recovered'),
      created_at: lastWritten(messages.rows, id),
    }));
    const keptChats = [...chats.rows, ...found.map(bareChat)];
    return {
      chats: insertRows(to, 'chats', keptChats),
      messages: insertRows(to, 'messages', messages.rows),
      lostRows: chats.lost || messages.lost,
    };
  } finally {
    source.close();
  }
}

function lastWritten(messages: readonly Row[], chatId: unknown): unknown {
  return messages.findLast((message) => message.chat_id === chatId)?.created_at;
}

function bareChat({ id, title, created_at: at }: { id: unknown; title: string; created_at: unknown }): Row {
  return { id, title, created_at: at, updated_at: at, is_pinned: 0, is_archived: 0 };
}

/** null where the schema is damaged so that there is no such table. */
function selectRange(db: Database, table: 'chats' | 'messages') {
  try {
    return db.prepare(`SELECT * FROM ${table} WHERE seq BETWEEN ? AND ? ORDER BY seq`);
  } catch {
    return null;
  }
}

/**
 * The rows of a table that can be read, in their order: where reading a range fails, its halves are tried, down to the
 * single row.
 */
function readableRows(db: Database, table: 'chats' | 'messages'): { rows: Row[]; lost: boolean } {
  const rows: Row[] = [];
  const range = selectRange(db, table);
  if (!range) return { rows, lost: true };
  let probes = 0;
  let lost = false;
  const read = (first: number, last: number): void => {
    if (probes++ > MAX_PROBES) return;
    try {
      // One by one: as arguments, a large table's rows would be too many.
      for (const row of range.all(first, last) as Row[]) rows.push(row);
    } catch {
      lost = true;
      if (first === last) return;
      const middle = Math.floor((first + last) / 2);
      read(first, middle);
      read(middle + 1, last);
    }
  };
  read(1, lastRow(db, table));
  return { rows, lost };
}

function lastRow(db: Database, table: string): number {
  try {
    return Number(db.prepare(`SELECT max(seq) AS last FROM ${table}`).get()?.last ?? 0);
  } catch {
    return MANY_ROWS;
  }
}

/** A row that the schema does not take (damage may change it) is left out. */
function insertRows(db: Database, table: string, rows: readonly Row[]): number {
  const columns = new Set(
    (db.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[]).map(({ name }) => name),
  );
  // By columns: nearly all rows have the same ones, and to prepare one for each row takes longer than all else.
  const statements = new Map<string, ReturnType<Database['prepare']>>();
  let inserted = 0;
  for (const { seq: _seq, ...row } of rows) {
    const names = Object.keys(row).filter((name) => columns.has(name));
    const values = names.map((name) => row[name] as string | number | null);
    const into = names.join(', ');
    try {
      const insert =
        statements.get(into) ??
        db.prepare(`INSERT INTO ${table} (${into}) VALUES (${names.map(() => '?').join(', ')})`);
      statements.set(into, insert);
      insert.run(...values);
      inserted++;
    } catch {
      // What it was stays in the file that was set aside.
    }
  }
  return inserted;
}
