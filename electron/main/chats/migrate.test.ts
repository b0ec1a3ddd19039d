import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import { ChatStorage } from './chat-storage.js';
import { openDatabase } from './database.js';
import { answer } from './fixtures/samples.js';
import { backupPath, migrate, versionOf } from './migrate.js';
import { MIGRATIONS, type Migration } from './schema.js';
import type { Database } from './transaction.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const RELEASED = readdirSync(FIXTURES).flatMap((name) => /^version-(\d+)\.sql$/.exec(name)?.[1] ?? []);

async function databaseOf(version: string): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, 'chats.db');
  const db = new DatabaseSync(file);
  db.exec(readFileSync(join(FIXTURES, `version-${version}.sql`), 'utf8'));
  db.close();
  return { folder, file };
}

function schemaOf(db: Database): unknown[] {
  const rows = db
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'message_search_%' ORDER BY name")
    .all() as { sql: string | null }[];
  return rows.map((row) => ({ ...row, sql: row.sql?.replace(/\s+/g, ' ') }));
}

it('has a file of each version', () => {
  expect(RELEASED.map(Number)).toEqual(MIGRATIONS.map(({ version }) => version));
});

/** What the chat of each version's file was given. */
const GIVEN: Readonly<Record<string, object>> = {
  1: { settings: {}, model: null },
  2: {
    settings: { systemPrompt: 'Be brief.', sampling: { topP: 0.5 }, maxTokens: 40 },
    model: { file: 'a.gguf', hash: 'abc' },
  },
};

it.each(RELEASED)('brings chats of version %s to the present one, whole', async (version) => {
  const { folder, file } = await databaseOf(version);
  const storage = new ChatStorage(folder);
  expect(storage.list().chats).toEqual([
    {
      ...{ id: 'c', title: 'Tides', updatedAt: 2000, isPinned: true, isArchived: false, leafId: 'a' },
      compression: { preset: 'compact' },
      ...GIVEN[version],
    },
  ]);
  const { messages, draft } = storage.read('c');
  expect(messages[0]).toMatchObject({ id: 'q', text: 'Which gauge drifted?', pasted: ['P2 +38 mm'] });
  expect(messages[1]).toEqual(answer('a', 'q', 'The pressure gauge.'));
  expect(draft).toEqual({ text: 'Which next?', pasted: [] });
  expect(storage.search('38')).toMatchObject([{ messageId: 'q' }]);
  storage.close();
  const isOld = Number(version) < (MIGRATIONS.at(-1)?.version ?? 0);
  expect(existsSync(backupPath(file, Number(version)))).toBe(isOld);
  const fresh = openDatabase(join(await temporaryFolder(), 'chats.db'));
  const migrated = new DatabaseSync(file);
  expect(schemaOf(migrated)).toEqual(schemaOf(fresh));
  migrated.close();
  fresh.close();
});

const STEPS: readonly Migration[] = [
  { version: 1, sql: 'CREATE TABLE t (a TEXT)' },
  { version: 2, sql: "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'new'" },
  { version: 3, sql: 'CREATE TABLE u (a TEXT)' },
];

async function ofTwoSteps() {
  const file = join(await temporaryFolder(), 'x.db');
  const db = new DatabaseSync(file);
  migrate(db, file, STEPS.slice(0, 1));
  db.exec("INSERT INTO t (a) VALUES ('old')");
  return { file, db };
}

it('copies the file before it changes it', async () => {
  const { file, db } = await ofTwoSteps();
  migrate(db, file, STEPS);
  expect(db.prepare('SELECT * FROM t').all()).toEqual([{ a: 'old', b: 'new' }]);
  expect(versionOf(db)).toBe(3);
  const copy = new DatabaseSync(backupPath(file, 1));
  expect(versionOf(copy)).toBe(1);
  expect(copy.prepare('SELECT * FROM t').all()).toEqual([{ a: 'old' }]);
  copy.close();
  db.close();
});

it('takes all steps or none', async () => {
  const { file, db } = await ofTwoSteps();
  expect(() => migrate(db, file, [...STEPS, { version: 4, sql: 'CREATE NONSENSE' }])).toThrow(/syntax/);
  expect(versionOf(db)).toBe(1);
  expect(db.prepare('SELECT * FROM t').all()).toEqual([{ a: 'old' }]);
  migrate(db, file, STEPS);
  expect(versionOf(db)).toBe(3);
  db.close();
});

it('leaves what a newer version has written alone, and says so', async () => {
  const { file, db } = await ofTwoSteps();
  migrate(db, file, STEPS);
  expect(() => migrate(db, file, STEPS.slice(0, 1))).toThrow(expect.objectContaining({ code: 'CHATS_NEWER' }));
  expect(versionOf(db)).toBe(3);
  db.close();
});
