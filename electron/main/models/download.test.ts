import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Download, type Timing } from './download.js';
import { ggufOf, HubServer, redirect, type Serving, serve, sha256Of, status } from './fixtures/hub-server.js';
import { type FileIdentity, UNKNOWN } from './remote-file.js';

const CONTENT = ggufOf(400_000);
const SHA256 = sha256Of(CONTENT);
const LINKED = { sha256: SHA256, size: CONTENT.length };
const FILE = 'tiny.gguf';
const TIMING: Timing = { retryMs: [5, 5], stallMs: 10_000, now: () => performance.now() };
const IMPATIENT: Timing = { ...TIMING, stallMs: 300 };

let folder: string;
let hub: HubServer;
let identity: FileIdentity;
let states: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  hub = new HubServer();
  await hub.listen();
  identity = UNKNOWN;
  states = [];
});

afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

function download(sha256: string | null = null, address = hub.address, timing = TIMING): Download {
  const made: Download = new Download({
    wanted: { id: 'tiny', repository: 'someone/tiny', revision: 'main', file: FILE, sha256 },
    identity,
    folder,
    hub: () => address,
    timing,
    onChange: () => {
      const { state } = made.progress.state;
      if (states.at(-1) !== state) states.push(state);
    },
    onIdentity: (now) => {
      identity = now;
    },
  });
  return made;
}

const run = (made = download(), signal = new AbortController().signal) => made.run(signal);
const partial = () => join(folder, `${FILE}.part`);
const refusal = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

function partOf(content: Buffer, bytes: number, of: Partial<FileIdentity> = {}): void {
  writeFileSync(partial(), content.subarray(0, bytes));
  identity = { ...UNKNOWN, bytes: content.length, ...of };
}

async function expectWhole(content = CONTENT): Promise<void> {
  expect(readFileSync(join(folder, FILE)).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual([FILE]);
}

test('a file comes whole and checked, from the hub’s address of it', async () => {
  hub.answers = [redirect('/elsewhere', LINKED), serve({ content: CONTENT })];
  const made = download();
  expect(await run(made)).toEqual({ path: join(folder, FILE), verified: 'hub' });
  await expectWhole();
  expect(hub.requests.map(({ url }) => url)).toEqual(['/someone/tiny/resolve/main/tiny.gguf', '/elsewhere']);
  expect(made.progress).toMatchObject({ receivedBytes: CONTENT.length, totalBytes: CONTENT.length });
  expect(states).toEqual(['connecting', 'receiving', 'checking']);
});

test('by what it was checked is told', async () => {
  hub.answers = [serve({ content: CONTENT })];
  expect(await run(download(SHA256))).toMatchObject({ verified: 'catalog' });
  await rm(join(folder, FILE));
  expect(await run()).toMatchObject({ verified: 'none' });
});

describe('a file that is there already', () => {
  const there = (content: Buffer) => writeFileSync(join(folder, FILE), content);

  test('is not fetched again', async () => {
    there(CONTENT);
    expect(await run(download(SHA256))).toEqual({ path: join(folder, FILE), verified: 'catalog' });
    identity = { ...UNKNOWN, bytes: CONTENT.length };
    expect(await run()).toMatchObject({ verified: 'none' });
    expect(hub.requests).toEqual([]);
  });

  test('but is another one, or nobody knows which, is replaced', async () => {
    hub.answers = [serve({ content: CONTENT })];
    there(ggufOf(CONTENT.length - 1));
    await run(download(SHA256));
    await expectWhole();
    there(ggufOf(300));
    identity = UNKNOWN;
    await run();
    await expectWhole();
    expect(hub.requests).toHaveLength(2);
  });
});

describe('a connection that breaks', () => {
  test('goes on where it stopped, by itself', async () => {
    hub.answers = [serve({ content: CONTENT, cutAfter: 150_000 }), serve({ content: CONTENT })];
    await run();
    await expectWhole();
    expect(hub.ranges).toEqual([undefined, 'bytes=150000-']);
    expect(hub.requests[1].headers['if-range']).toBe(`"${SHA256.slice(0, 16)}"`);
    expect(states).toContain('waiting');
  });

  test('again and again is given up, and what has come is kept', async () => {
    hub.answers = [serve({ content: CONTENT, cutAfter: 50_000 })];
    await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_INTERRUPTED', /127\.0\.0\.1.*What has come is kept/));
    expect(hub.requests).toHaveLength(1 + TIMING.retryMs.length);
    expect(readFileSync(partial()).equals(CONTENT.subarray(0, 150_000))).toBe(true);
    hub.answers = [serve({ content: CONTENT })];
    await run();
    await expectWhole();
  });

  test('with nobody there at all is an interruption, too', async () => {
    const { address } = hub;
    await hub.close();
    await expect(run(download(null, address))).rejects.toMatchObject(refusal('DOWNLOAD_INTERRUPTED', /ECONNREFUSED/));
    hub = new HubServer();
    await hub.listen();
  });

  test('with a server’s error goes on when that is over', async () => {
    hub.answers = [status(503), serve({ content: CONTENT })];
    await run();
    await expectWhole();
  });
});

test('a server that falls silent is left, and asked again', async () => {
  const impatient = () => run(download(null, hub.address, IMPATIENT));
  hub.answers = [serve({ content: CONTENT, stallAfter: 100_000 }), serve({ content: CONTENT })];
  await impatient();
  await expectWhole();
  hub.answers = [() => undefined];
  await rm(join(folder, FILE));
  await expect(impatient()).rejects.toMatchObject(refusal('DOWNLOAD_STALLED', /sent nothing for 0\.3 s/));
});

test('a hash that was told of the first half counts for the whole', async () => {
  hub.answers = [serve({ content: CONTENT, linked: LINKED, cutAfter: 150_000 }), serve({ content: CONTENT })];
  expect(await run()).toMatchObject({ verified: 'hub' });
  await expectWhole();
});

describe('what is here of a file is not gone on with', () => {
  test('if the server ignores ranges', async () => {
    partOf(CONTENT, 1000, { etag: `"${SHA256.slice(0, 16)}"` });
    hub.answers = [serve({ content: CONTENT, ignoresRange: true })];
    await run();
    await expectWhole();
  });

  test('if the file has changed', async () => {
    const changed = ggufOf(300_000);
    partOf(CONTENT, 200_000, { etag: `"${SHA256.slice(0, 16)}"` });
    hub.answers = [serve({ content: changed })];
    await run();
    await expectWhole(changed);
    expect(hub.ranges).toEqual(['bytes=200000-']);
  });

  test('if the file has changed and the server does not know what If-Range is', async () => {
    const changed = ggufOf(CONTENT.length);
    partOf(CONTENT, 200_000, { etag: '"old"' });
    hub.answers = [
      (request, response) => {
        const { 'if-range': _, ...headers } = request.headers;
        request.headers = headers;
        serve({ content: changed })(request, response);
      },
    ];
    await run();
    await expectWhole(changed);
    expect(hub.ranges).toEqual(['bytes=200000-', undefined]);
  });

  test('if nothing could tell that both halves belong together', async () => {
    partOf(CONTENT, 200_000);
    hub.answers = [serve({ content: CONTENT, etag: null })];
    await run();
    await expectWhole();
    expect(hub.ranges).toEqual([undefined]);
  });

  test('if it is longer than the file, or lies behind its end', async () => {
    partOf(Buffer.concat([CONTENT, CONTENT]), 500_000, { bytes: CONTENT.length, etag: '"a"' });
    hub.answers = [serve({ content: CONTENT })];
    await run();
    await expectWhole();
    await rm(join(folder, FILE));
    partOf(ggufOf(600_000), 500_000, { sha256: SHA256 });
    await run();
    await expectWhole();
    expect(hub.ranges).toEqual([undefined, 'bytes=500000-', undefined]);
  });

  test('if the whole has another hash: once more from the beginning', async () => {
    partOf(ggufOf(CONTENT.length), 200_000);
    hub.answers = [serve({ content: CONTENT, etag: null })];
    expect(await run(download(SHA256))).toMatchObject({ verified: 'catalog' });
    await expectWhole();
    expect(hub.ranges).toEqual(['bytes=200000-', undefined]);
  });
});

test('what was whole before needs no request', async () => {
  partOf(CONTENT, CONTENT.length, { sha256: SHA256 });
  hub.answers = [status(500)];
  expect(await run()).toMatchObject({ verified: 'hub' });
  expect(hub.requests).toEqual([]);
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
  hub.answers = [serve(serving)];
  const code = message.source.includes('early') ? 'DOWNLOAD_INTERRUPTED' : 'DOWNLOAD_MISMATCH';
  await expect(run(download(sha256))).rejects.toMatchObject(refusal(code, message));
  if (code === 'DOWNLOAD_MISMATCH') expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(join(folder, FILE))).toBe(false);
});

test('a length that more was told of than comes is an interruption', async () => {
  hub.answers = [serve({ content: CONTENT, length: CONTENT.length + 100, cutAfter: CONTENT.length })];
  await expect(run()).rejects.toMatchObject({ code: 'DOWNLOAD_INTERRUPTED' });
});

test.each([
  [401, /sign-in/],
  [403, /licence/],
  [404, /no such file/],
  [418, /HTTP 418/],
])('HTTP %i is said plainly, at once', async (code, message) => {
  hub.answers = [status(code)];
  await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', message));
  expect(hub.requests).toHaveLength(1);
});

test('a server that is asked too often is asked later', async () => {
  hub.answers = [status(429, { 'retry-after': '0' }), serve({ content: CONTENT })];
  await run();
  await expectWhole();
  await rm(join(folder, FILE));
  hub.answers = [status(429)];
  await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', /too often/));
});

describe('redirects', () => {
  test('in a circle end', async () => {
    hub.answers = [redirect('/round')];
    await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', /without end/));
    expect(hub.requests.length).toBeLessThan(10);
  });

  test.each(['http://example.org/model', 'ftp://example.org/model', 'file:///etc/passwd', 'data:,GGUF', 'http://'])(
    'to %s are not followed',
    async (location) => {
      hub.answers = [redirect(location)];
      await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', /only https is/));
      expect(hub.requests).toHaveLength(1);
    },
  );
});

test('a pause keeps what has come; going on asks for the rest', async () => {
  hub.answers = [serve({ content: CONTENT, pieceMs: 40 })];
  const pause = new AbortController();
  const made = download();
  const ended = run(made, pause.signal);
  await expect.poll(() => made.progress.receivedBytes, { timeout: 10_000 }).toBeGreaterThan(60_000);
  pause.abort();
  await expect(ended).rejects.toThrow(/abort/i);
  const kept = readFileSync(partial()).length;
  expect(kept).toBeGreaterThan(60_000);
  expect(kept).toBeLessThan(CONTENT.length);
  hub.answers = [serve({ content: CONTENT })];
  await run();
  await expectWhole();
  expect(hub.ranges).toEqual([undefined, `bytes=${kept}-`]);
});

test('a folder that cannot be written to is named', async () => {
  mkdirSync(partial());
  hub.answers = [serve({ content: CONTENT })];
  await expect(run()).rejects.toMatchObject(refusal('FILE_UNWRITABLE', /tiny\.gguf\.part cannot be written/));
  await rm(partial(), { recursive: true });
});

test('a file that is larger than what is free is not begun', async () => {
  hub.answers = [serve({ content: CONTENT, length: 900e12 })];
  await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_NO_SPACE', /900000\d+ MB more are needed.*are free/));
  expect(readFileSync(partial())).toHaveLength(0);
});

test.runIf(process.platform === 'linux')('a disk that fills while it comes is said so', async () => {
  symlinkSync('/dev/full', partial());
  hub.answers = [serve({ content: CONTENT })];
  await expect(run()).rejects.toMatchObject(refusal('DOWNLOAD_NO_SPACE', /too full.*Make room, then go on/));
  expect(hub.requests).toHaveLength(1);
});
