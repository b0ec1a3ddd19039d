import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineError } from '../../../engine/errors.js';
import type { Wanted } from './download.js';
import { Downloads } from './downloads.js';
import { ggufOf, HubServer, serve, sha256Of, status } from './fixtures/hub-server.js';

const CONTENT = ggufOf(400_000);
/** Other tests may want the processor, too. */
const PATIENCE = { timeout: 10_000 };
const SLOW = { content: CONTENT, pieceMs: 40 };

let folder: string;
let hub: HubServer;
let done: string[];
let downloads: Downloads;
let log: string[];
let onDone: (path: string, verified: string) => Promise<void>;

const wanted = (id: string, more: Partial<Wanted> = {}): Wanted => ({
  id,
  repository: 'someone/models',
  revision: 'main',
  file: `${id}.gguf`,
  sha256: null,
  ...more,
});

function open(): Downloads {
  return new Downloads({
    file: join(folder, 'downloads.json'),
    ownFolder: join(folder, 'files'),
    hub: () => hub.address,
    timing: { retryMs: [], stallMs: 10_000, now: () => performance.now() },
    onChange: () => undefined,
    onDone: (path, verified) => onDone(path, verified),
    isKept: (path) => done.some((one) => one.startsWith(`${path.slice(folder.length + 1)} `)),
    onLog: (message) => log.push(message),
    onDamaged: (keptAs) => log.push(keptAs),
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'downloads-'));
  hub = new HubServer();
  await hub.listen();
  done = [];
  log = [];
  onDone = async (path, verified) => void done.push(`${path.slice(folder.length + 1)} ${verified}`);
  downloads = open();
});

afterEach(async () => {
  await downloads.stopAll();
  await hub.close();
  // What is kept of a download may still be being written.
  await rm(folder, { recursive: true, maxRetries: 5 });
});

const states = async () => Object.fromEntries((await downloads.views()).map(({ id, state }) => [id, state.state]));
const received = async (id: string) => (await downloads.views()).find((view) => view.id === id)?.receivedBytes ?? 0;

test('a download ends in the library, and is forgotten', async () => {
  hub.answers = [serve({ content: CONTENT })];
  await downloads.start(wanted('a', { sha256: sha256Of(CONTENT) }));
  await expect.poll(() => done, PATIENCE).toEqual([join('files', 'a', 'a.gguf catalog')]);
  await expect.poll(() => downloads.views(), PATIENCE).toEqual([]);
  await expect.poll(() => JSON.parse(readFileSync(join(folder, 'downloads.json'), 'utf8'))).toEqual([]);
});

test('two run at once, the others in their turn; asked for twice is asked for once', async () => {
  hub.answers = [serve(SLOW)];
  for (const id of ['a', 'b', 'c', 'a']) await downloads.start(wanted(id));
  await expect.poll(states, PATIENCE).toEqual({ a: 'receiving', b: 'receiving', c: 'queued' });
  await downloads.pause('a');
  await expect.poll(states, PATIENCE).toEqual({ b: 'receiving', c: 'receiving', a: 'paused' });
  await downloads.resume('a');
  await expect.poll(() => done.length, PATIENCE).toBe(3);
  expect(hub.requests).toHaveLength(4);
});

test('what was under way at the end of the app is paused at the next start, and goes on where it was', async () => {
  hub.answers = [serve(SLOW)];
  await downloads.start(wanted('a'));
  await expect.poll(() => received('a'), PATIENCE).toBeGreaterThan(60_000);
  await downloads.stopAll();
  const kept = await received('a');
  downloads = open();
  expect(await downloads.views()).toEqual([
    { id: 'a', file: 'a.gguf', state: { state: 'paused' }, receivedBytes: kept, totalBytes: CONTENT.length },
  ]);
  await downloads.resume('a');
  await expect.poll(() => done, PATIENCE).toHaveLength(1);
  expect(hub.ranges).toEqual([undefined, `bytes=${kept}-`]);
  expect(readFileSync(join(folder, 'files', 'a', 'a.gguf')).equals(CONTENT)).toBe(true);
});

test('of which file the partial one is, is on disk while it comes: a crash costs nothing', async () => {
  hub.answers = [serve(SLOW)];
  await downloads.start(wanted('a'));
  await expect.poll(() => received('a'), PATIENCE).toBeGreaterThan(60_000);
  // As it is now, a killed app would leave it.
  expect(JSON.parse(readFileSync(join(folder, 'downloads.json'), 'utf8'))).toMatchObject([
    { id: 'a', identity: { etag: expect.any(String), bytes: CONTENT.length } },
  ]);
});

test('cancelled, nothing of it stays', async () => {
  hub.answers = [serve(SLOW)];
  await downloads.start(wanted('a'));
  await expect.poll(() => received('a'), PATIENCE).toBeGreaterThan(60_000);
  await downloads.cancel('a');
  expect(await downloads.views()).toEqual([]);
  expect(readdirSync(join(folder, 'files'))).toEqual([]);
  expect(done).toEqual([]);
  await expect(downloads.pause('a')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('one that waits for its turn can be paused and cancelled', async () => {
  hub.answers = [serve(SLOW)];
  for (const id of ['a', 'b', 'c', 'd']) await downloads.start(wanted(id));
  await downloads.pause('c');
  await downloads.cancel('d');
  expect(await states()).toMatchObject({ c: 'paused' });
  await expect.poll(() => done.length, PATIENCE).toBe(2);
  expect(await states()).toEqual({ c: 'paused' });
});

test('what failed says why, is in the log, and can be tried again', async () => {
  hub.answers = [status(404), serve({ content: CONTENT })];
  await downloads.start(wanted('a'));
  await expect.poll(states, PATIENCE).toEqual({ a: 'failed' });
  expect((await downloads.views())[0].state).toMatchObject({ error: { code: 'DOWNLOAD_REFUSED' } });
  expect(log).toEqual([expect.stringContaining('a: DOWNLOAD_REFUSED')]);
  await downloads.resume('a');
  await expect.poll(() => done, PATIENCE).toHaveLength(1);
});

test('a file that came, and could not be told to the library, is not fetched again', async () => {
  hub.answers = [serve({ content: CONTENT })];
  const tell = onDone;
  onDone = () => Promise.reject(new EngineError('FILE_UNWRITABLE', 'The disk is full.'));
  await downloads.start(wanted('a'));
  await expect.poll(states, PATIENCE).toEqual({ a: 'failed' });
  expect((await downloads.views())[0].state).toMatchObject({ error: { code: 'FILE_UNWRITABLE' } });
  onDone = tell;
  await downloads.resume('a');
  await expect.poll(() => done, PATIENCE).toEqual([join('files', 'a', 'a.gguf none')]);
  expect(hub.requests).toHaveLength(1);
});

test('a file that came, and could not be told to the library, goes with its download', async () => {
  hub.answers = [serve({ content: CONTENT })];
  onDone = () => Promise.reject(new EngineError('FILE_UNWRITABLE', 'The disk is full.'));
  await downloads.start(wanted('a'));
  await expect.poll(states, PATIENCE).toEqual({ a: 'failed' });
  expect(readdirSync(join(folder, 'files', 'a'))).toEqual(['a.gguf']);
  await downloads.cancel('a');
  expect(readdirSync(join(folder, 'files'))).toEqual([]);
  expect(await downloads.views()).toEqual([]);
});

test('one that ended, and could not be forgotten on the disk, has ended; the next start sees that at once', async () => {
  hub.answers = [serve({ content: CONTENT })];
  const tell = onDone;
  const file = join(folder, 'downloads.json');
  let kept = '';
  onDone = async (path, verified) => {
    kept = readFileSync(file, 'utf8');
    rmSync(file);
    mkdirSync(file);
    await tell(path, verified);
  };
  await downloads.start(wanted('a'));
  await expect.poll(() => log, PATIENCE).toEqual([expect.stringContaining('downloads.json cannot be written')]);
  expect([await downloads.views(), downloads.has('a')]).toEqual([[], false]);
  rmSync(file, { recursive: true });
  writeFileSync(file, kept);
  onDone = tell;
  downloads = open();
  expect(await states()).toEqual({ a: 'paused' });
  await downloads.resume('a');
  await expect.poll(() => done, PATIENCE).toHaveLength(2);
  expect(hub.requests).toHaveLength(1);
  await expect.poll(() => JSON.parse(readFileSync(file, 'utf8')), PATIENCE).toEqual([]);
  writeFileSync(file, kept);
  downloads = open();
  // The library has it: cancelled, it stays.
  await downloads.cancel('a');
  expect(readdirSync(join(folder, 'files', 'a'))).toEqual(['a.gguf']);
});

test.each(['../a', 'a/b', '..', '.hidden', 'a\\b'])('a record whose file is called %j is not believed', (file) => {
  const identity = { etag: null, sha256: null, bytes: null };
  writeFileSync(join(folder, 'downloads.json'), JSON.stringify([{ ...wanted('a'), file, identity }]));
  downloads = open();
  expect(downloads.has('a')).toBe(false);
});
