import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { migrate, versionOf } from './migrate.js';
import { MIGRATIONS } from './schema.js';
import type { Database } from './transaction.js';

/**
 * Opens the file, makes it where it is missing, and brings it to the present schema. A commit is on the disk when it
 * returns, so that a message outlives a loss of power too. `fill` puts the first rows into a new one.
 */
export function openDatabase(file: string, fill?: (db: Database) => void): Database {
  mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;',
    );
    migrate(db, file, MIGRATIONS, () => fill?.(db));
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/**
 * What was written last goes from the log into the file itself. Statements that wait to be collected keep the file open
 * for a while, and then nothing else would do that.
 */
export function closeDatabase(db: Database): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/** Nothing was ever committed to it. */
export function isNew(file: string): boolean {
  const db = new DatabaseSync(file);
  try {
    return versionOf(db) === 0;
  } finally {
    db.close();
  }
}
