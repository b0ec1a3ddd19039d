import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import type { KeptMessage } from '../../ipc/chat-shapes.js';
import { ChatStorage } from './chat-storage.js';
import { openDatabase } from './database.js';
import { answer, changesOf, NOTHING, question, summary } from './fixtures/samples.js';
import { rescueDatabase } from './rescue.js';

async function setUp(folder?: string) {
  const chatsFolder = folder ?? (await temporaryFolder());
  const file = join(chatsFolder, 'chats.db');
  const open = () => {
    const storage = new ChatStorage(chatsFolder);
    onTestFinished(() => storage.close());
    return storage;
  };
  return { file, open, storage: open() };
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no code';
  }
  return 'nothing thrown';
};

describe('keeping', () => {
  it('gives back exactly what was kept, after a new start too', async () => {
    const { storage, open } = await setUp();
    const messages: KeptMessage[] = [
      { ...question('q', null, 'Hello'), pasted: ['one', 'two\n'], pins: [{ from: 0, to: 2 }] } as KeptMessage,
      answer('a', 'q', 'Hi'),
      { id: 'b', parentId: 'q', role: 'assistant', text: '', state: { phase: 'unfinished' }, hasHole: true },
      {
        id: 'f',
        parentId: 'q',
        role: 'assistant',
        text: 'Half',
        pins: true,
        state: {
          phase: 'failed',
          error: { code: 'ENGINE_CRASHED', message: 'gone', details: { n: 1 } },
          figures: null,
        },
      },
    ];
    const chat = summary('c', { leafId: 'b', title: 'Größe', isPinned: true, compression: { budgetBytes: 5 } });
    storage.keep({
      ...NOTHING,
      chats: [chat],
      drafts: [{ chatId: 'c', draft: { text: 'next', pasted: ['p'] } }],
      messages: messages.map((message) => ({ chatId: 'c', message })),
    });
    storage.close();
    expect(open().list()).toEqual({ chats: [chat], rescue: null });
    expect(open().read('c')).toEqual({ messages, draft: { text: 'next', pasted: ['p'] } });
  });

  it('keeps any text as it is', async () => {
    const { storage } = await setUp();
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cs}/u.test(text)),
          { minLength: 1 },
        ),
        (texts) => {
          const message = { ...question('q', null, texts[0]), pasted: texts.slice(1) } as KeptMessage;
          storage.keep({ ...changesOf({ c: [message] }), deletedMessages: [] });
          expect(storage.read('c').messages).toEqual([message]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('changes what is there already, and deletes messages for good', async () => {
    const { storage } = await setUp();
    storage.keep(changesOf({ c: [question('q', null, 'Hello'), answer('a', 'q', 'H')] }));
    storage.keep({ ...NOTHING, messages: [{ chatId: 'c', message: answer('a', 'q', 'Hi there') }] });
    expect(storage.read('c').messages[1].text).toBe('Hi there');
    storage.keep({ ...NOTHING, deletedMessages: ['a'] });
    expect(storage.read('c').messages.map(({ id }) => id)).toEqual(['q']);
    expect(storage.search('there')).toEqual([]);
  });

  it('brings a deleted chat back until the next start', async () => {
    const { storage, open } = await setUp();
    const chats = changesOf({ c: [question('q', null, 'Hello')], d: [question('r', null, 'World')] });
    storage.keep(chats);
    storage.keep({ ...NOTHING, deletedChats: ['c', 'd'] });
    expect(storage.list().chats).toEqual([]);
    expect(storage.search('hello')).toEqual([]);
    storage.keep({ ...NOTHING, chats: [chats.chats[0]] });
    expect(storage.read('c').messages).toHaveLength(1);
    storage.close();
    const later = open();
    expect(later.list().chats.map(({ id }) => id)).toEqual(['c']);
    expect(later.read('d').messages).toEqual([]);
  });
});

describe('a full disk', () => {
  it('is told, harms nothing that was kept, and what came since is kept once there is room', async () => {
    const { storage } = await setUp();
    storage.keep(changesOf({ c: [question('q', null, 'Hello'), answer('a', 'q', 'Short')] }));
    const long = { ...NOTHING, messages: [{ chatId: 'c', message: answer('a', 'q', 'word '.repeat(100_000)) }] };
    // SQLite answers as it does where the file system has no room.
    const pages = storage.use(({ db }) => Number(db.prepare('PRAGMA page_count').get()?.page_count));
    storage.use(({ db }) => db.exec(`PRAGMA max_page_count = ${pages}`));
    expect(codeOf(() => storage.keep(long))).toBe('CHATS_DISK_FULL');
    expect(storage.read('c').messages[1].text).toBe('Short');
    storage.use(({ db }) => db.exec('PRAGMA max_page_count = 1000000'));
    storage.keep(long);
    expect(storage.read('c').messages[1].text).toHaveLength(500_000);
  });
});

describe('a folder that cannot be used', () => {
  it('is told, and tried again with the next call', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'in-the-way'), '');
    const storage = new ChatStorage(join(folder, 'in-the-way'));
    expect(codeOf(() => storage.list())).toBe('CHATS_UNAVAILABLE');
    rmSync(join(folder, 'in-the-way'));
    expect(storage.list().chats).toEqual([]);
    storage.close();
  });
});

/** Where the header has the schema's version: damaged, it may be taken for a newer one's, and nothing is touched. */
const [VERSION_AT, VERSION_BYTE] = [60, 63];
const USED = /nothing thrown$/;
const USED_OR_NEWER = /(nothing thrown|CHATS_NEWER)$/;

/** Lists, reads, keeps and searches, again after each rescue. → how it ended */
function usedAnyway(folder: string): string {
  const storage = new ChatStorage(folder);
  const attempt = () => {
    for (const { id } of storage.list().chats) storage.read(id);
    storage.keep(changesOf({ new: [question('nq', null, 'Works')] }));
    storage.search('works');
  };
  let code = codeOf(attempt);
  for (let tries = 0; tries < 4 && code === 'CHATS_DAMAGED'; tries++) code = codeOf(attempt);
  storage.close();
  return code;
}

describe('a damaged file', () => {
  const manyChats = () =>
    changesOf(
      Object.fromEntries(
        Array.from({ length: 200 }, (_, n) => [
          `c${n}`,
          [question(`q${n}`, null, `Question ${n} ${'filler '.repeat(60)}`), answer(`a${n}`, `q${n}`, `Answer ${n}`)],
        ]),
      ),
    );

  it('is set aside, what can be read of it is recovered, and it is told once', async () => {
    const { file, storage, open } = await setUp();
    storage.keep(manyChats());
    storage.close();
    const bytes = readFileSync(file);
    // Pages in the middle lose what they held.
    for (let page = 30; page < 40; page++) bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
    writeFileSync(file, bytes);
    const next = open();
    // The list may still be readable; all messages are not.
    const readAll = () => next.list().chats.map(({ id }) => next.read(id));
    for (let tries = 0; tries < 3; tries++) if (codeOf(readAll) === 'nothing thrown') break;
    const read = readAll();
    expect(read.length).toBeGreaterThan(100);
    expect(read.flatMap(({ messages }) => messages).length).toBeGreaterThan(200);
    expect(readdirSync(join(file, '..'))).toContain('chats-2.db');
    expect(readFileSync(file)).toEqual(bytes);
    next.keep(changesOf({ new: [question('nq', null, 'Still works')] }));
    expect(next.search('still works')).toHaveLength(1);
  });

  it('need not be a database at all', async () => {
    const { file, storage } = await setUp();
    writeFileSync(file, 'no database '.repeat(1000));
    const { chats, rescue } = storage.list();
    expect(chats).toEqual([]);
    expect(rescue).toMatchObject({ chats: 0, messages: 0, lostRows: true });
    expect(readFileSync(rescue?.setAside ?? '', 'utf8')).toMatch(/^no database/);
    expect(storage.list().rescue).toBeNull();
  });

  it('is told as what it is if nothing new can be put in its place', async () => {
    const { file, storage } = await setUp();
    storage.keep(manyChats());
    // Where SQLite would keep the new file's log.
    mkdirSync(join(file, '..', 'chats-2.db-wal'));
    const nothing = join(file, '..', 'nothing');
    writeFileSync(nothing, 'no database '.repeat(1000));
    expect(codeOf(() => storage.use(() => openDatabase(nothing)))).toBe('CHATS_UNAVAILABLE');
  });

  it('is read whole where it has more rows than a call has room for arguments', async () => {
    const { file, storage } = await setUp();
    storage.keep(changesOf({ c: [question('q', null, 'Hello')] }));
    storage.use(({ db }) =>
      db.exec(
        `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
        INSERT INTO chats (id, title, created_at, updated_at, is_pinned, is_archived)
        SELECT 'n' || i, '', 0, 0, 0, 0 FROM n`,
      ),
    );
    storage.close();
    const { db, rescue } = rescueDatabase(file, `${file}.rescued`);
    db.close();
    expect(rescue).toMatchObject({ chats: 150_001, messages: 1, lostRows: false });
  }, 60_000);

  it('never takes the app down, whichever bytes of the header are damaged', async () => {
    const folder = await temporaryFolder();
    const { storage, file } = await setUp(folder);
    storage.keep(manyChats());
    storage.close();
    const good = readFileSync(file);
    for (let at = 0; at < 100; at += 4) {
      for (const value of [0, 5, 255]) {
        const place = mkdtempSync(join(folder, 'damaged-'));
        writeFileSync(join(place, 'chats.db'), Buffer.from(good).fill(value, at, at + 4));
        expect(`${at} ${value} ${usedAnyway(place)}`).toMatch(at === VERSION_AT ? USED_OR_NEWER : USED);
      }
    }
  }, 60_000);

  it('never takes the app down, wherever the damage is', async () => {
    const folder = await temporaryFolder();
    const { storage, file } = await setUp(folder);
    storage.keep(manyChats());
    storage.close();
    const good = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 20_000 }), fc.nat(255), (at, length, value) => {
        const place = mkdtempSync(join(folder, 'damaged-'));
        writeFileSync(join(place, 'chats.db'), Buffer.from(good).fill(value, at, Math.min(good.length, at + length)));
        expect(usedAnyway(place)).toMatch(at <= VERSION_BYTE && at + length > VERSION_AT ? USED_OR_NEWER : USED);
      }),
      { numRuns: 25 },
    );
  });
});
