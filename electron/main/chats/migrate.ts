import { existsSync, rmSync } from 'node:fs';
import { EngineError } from '../../../engine/errors.js';
import type { Migration } from './schema.js';
import { type Database, inTransaction } from './transaction.js';

/** Where a copy of the file stands as it was before it was brought to a newer schema. */
export function backupPath(file: string, version: number): string {
  return `${file}.version-${version}.bak`;
}

/**
 * Brings a database to the last of `migrations`, step by step, and fills a new one: all of it, or none. One that has
 * something in it is copied first.
 * @throws CHATS_NEWER: a newer version of the app has written it
 */
export function migrate(
  db: Database,
  file: string,
  migrations: readonly Migration[],
  fill: () => void = () => undefined,
): void {
  const version = versionOf(db);
  const target = migrations.at(-1)?.version ?? 0;
  if (version > target) {
    throw new EngineError(
      'CHATS_NEWER',
      `${file} has version ${version}, and this app knows ${target} at most. Install the newer version again, or start with --user-data-dir and another folder.`,
      { file, version },
    );
  }
  if (version === target) return;
  if (version > 0) copyTo(db, backupPath(file, version));
  inTransaction(db, () => {
    for (const step of migrations) {
      if (step.version > version) db.exec(`${step.sql}; PRAGMA user_version = ${step.version};`);
    }
    if (version === 0) fill();
  });
}

export function versionOf(db: Database): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}

/** With what still stands in the write-ahead log. */
function copyTo(db: Database, path: string): void {
  if (existsSync(path)) rmSync(path);
  db.prepare('VACUUM INTO ?').run(path);
}
