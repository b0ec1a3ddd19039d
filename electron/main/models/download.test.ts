import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { CONTENT, DrivenDownload, FILE, LINKED, refusal, SHA256 } from './fixtures/driven-download.js';
import { ggufOf, redirect, type Serving, serve, status } from './fixtures/hub-server.js';
import { UNKNOWN } from './remote-file.js';

let driven: DrivenDownload;
beforeEach(async () => {
  driven = await DrivenDownload.start();
  return () => driven.end();
});

test('a file comes whole and checked, from the hub’s address of it', async () => {
  driven.hub.answers = [redirect('/elsewhere', LINKED), serve({ content: CONTENT })];
  const made = driven.download();
  expect(await driven.run(made)).toEqual({ path: join(driven.folder, FILE), verified: 'hub' });
  driven.expectWhole();
  expect(driven.hub.requests.map(({ url }) => url)).toEqual(['/someone/tiny/resolve/main/tiny.gguf', '/elsewhere']);
  expect(made.progress).toMatchObject({ receivedBytes: CONTENT.length, totalBytes: CONTENT.length });
  expect(driven.states).toEqual(['connecting', 'receiving', 'checking']);
});

test('by what it was checked is told', async () => {
  driven.hub.answers = [serve({ content: CONTENT })];
  expect(await driven.run(driven.download(SHA256))).toMatchObject({ verified: 'catalog' });
  await rm(join(driven.folder, FILE));
  expect(await driven.run()).toMatchObject({ verified: 'none' });
});

describe('a file that is there already', () => {
  const there = (content: Buffer) => writeFileSync(join(driven.folder, FILE), content);

  test('is not fetched again', async () => {
    there(CONTENT);
    expect(await driven.run(driven.download(SHA256))).toEqual({ path: join(driven.folder, FILE), verified: 'catalog' });
    driven.identity = { ...UNKNOWN, bytes: CONTENT.length };
    expect(await driven.run()).toMatchObject({ verified: 'none' });
    expect(driven.hub.requests).toEqual([]);
  });

  test('but is another one, or nobody knows which, is replaced', async () => {
    driven.hub.answers = [serve({ content: CONTENT })];
    there(ggufOf(CONTENT.length - 1));
    await driven.run(driven.download(SHA256));
    driven.expectWhole();
    there(ggufOf(300));
    driven.identity = UNKNOWN;
    await driven.run();
    driven.expectWhole();
    expect(driven.hub.requests).toHaveLength(2);
  });
});

const wrong: [what: string, serving: Serving, sha256: string | null, message: RegExp][] = [
  ['other bytes', { content: ggufOf(CONTENT.length), linked: LINKED }, null, /SHA-256 is another one/],
  ['other bytes than the catalog’s', { content: ggufOf(9000), etag: null }, SHA256, /SHA-256 is another one/],
  [
    'another file than the catalog’s',
    { content: CONTENT, linked: LINKED },
    'f'.repeat(64),
    /than the catalog tells of/,
  ],
  ['fewer bytes than the hub tells', { content: CONTENT.subarray(0, 9000), linked: LINKED }, null, /9000 bytes, but/],
  [
    'fewer without a length',
    { content: CONTENT.subarray(0, 9000), linked: LINKED, length: null },
    null,
    /ended too early/,
  ],
  ['more without a length', { content: CONTENT, linked: { size: 9000 }, length: null }, null, /more came than/],
  ['a page of a proxy', { content: Buffer.from('<html>Please sign in</html>') }, null, /no GGUF file/],
  ['nothing', { content: Buffer.alloc(0) }, null, /no GGUF file/],
];

test.each(wrong)('%s instead of the file: refused, and nothing stays', async (_what, serving, sha256, message) => {
  driven.hub.answers = [serve(serving)];
  const code = message.source.includes('early') ? 'DOWNLOAD_INTERRUPTED' : 'DOWNLOAD_MISMATCH';
  await expect(driven.run(driven.download(sha256))).rejects.toMatchObject(refusal(code, message));
  if (code === 'DOWNLOAD_MISMATCH') expect(readdirSync(driven.folder)).toEqual([]);
  expect(existsSync(join(driven.folder, FILE))).toBe(false);
});

test('what was whole before needs no request', async () => {
  driven.partOf(CONTENT, CONTENT.length, { sha256: SHA256 });
  driven.hub.answers = [status(500)];
  expect(await driven.run()).toMatchObject({ verified: 'hub' });
  expect(driven.hub.requests).toEqual([]);
});

test('a pause keeps what has come; going on asks for the rest', async () => {
  driven.hub.answers = [serve({ content: CONTENT, pieceMs: 40 })];
  const pause = new AbortController();
  const made = driven.download();
  const ended = driven.run(made, pause.signal);
  await expect.poll(() => made.progress.receivedBytes, { timeout: 10_000 }).toBeGreaterThan(60_000);
  pause.abort();
  await expect(ended).rejects.toThrow(/abort/i);
  const kept = readFileSync(driven.partial).length;
  expect(kept).toBeGreaterThan(60_000);
  expect(kept).toBeLessThan(CONTENT.length);
  driven.hub.answers = [serve({ content: CONTENT })];
  await driven.run();
  driven.expectWhole();
  expect(driven.hub.ranges).toEqual([undefined, `bytes=${kept}-`]);
});
