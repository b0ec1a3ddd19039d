import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Timing } from './download.js';
import { CONTENT, DrivenDownload, FILE, LINKED, refusal, SHA256, TIMING } from './fixtures/driven-download.js';
import { ggufOf, HubServer, serve, status } from './fixtures/hub-server.js';

const IMPATIENT: Timing = { ...TIMING, stallMs: 300 };

let driven: DrivenDownload;
beforeEach(async () => {
  driven = await DrivenDownload.start();
  return () => driven.end();
});

describe('a connection that breaks', () => {
  test('goes on where it stopped, by itself', async () => {
    driven.hub.answers = [serve({ content: CONTENT, ...driven.cutAfter(150_000) }), serve({ content: CONTENT })];
    await driven.run();
    driven.expectWhole();
    expect(driven.hub.ranges).toEqual([undefined, 'bytes=150000-']);
    expect(driven.hub.requests[1].headers['if-range']).toBe(`"${SHA256.slice(0, 16)}"`);
    expect(driven.states).toContain('waiting');
  });

  test('again and again is given up, and what has come is kept', async () => {
    driven.hub.answers = [serve({ content: CONTENT, ...driven.cutAfter(50_000) })];
    await expect(driven.run()).rejects.toMatchObject(
      refusal('DOWNLOAD_INTERRUPTED', /127\.0\.0\.1.*What has come is kept/),
    );
    expect(driven.hub.requests).toHaveLength(1 + TIMING.retryMs.length);
    expect(readFileSync(driven.partial).equals(CONTENT.subarray(0, 150_000))).toBe(true);
    driven.hub.answers = [serve({ content: CONTENT })];
    await driven.run();
    driven.expectWhole();
  });

  test('with nobody there at all is an interruption, too', async () => {
    const { address } = driven.hub;
    await driven.hub.close();
    await expect(driven.run(driven.download(null, address))).rejects.toMatchObject(
      refusal('DOWNLOAD_INTERRUPTED', /ECONNREFUSED/),
    );
    driven.hub = new HubServer();
    await driven.hub.listen();
  });

  test('with a server’s error goes on when that is over', async () => {
    driven.hub.answers = [status(503), serve({ content: CONTENT })];
    await driven.run();
    driven.expectWhole();
  });
});

test('a server that falls silent is left, and asked again', async () => {
  const impatient = () => driven.run(driven.download(null, driven.hub.address, IMPATIENT));
  driven.hub.answers = [serve({ content: CONTENT, stallAfter: 100_000 }), serve({ content: CONTENT })];
  await impatient();
  driven.expectWhole();
  driven.hub.answers = [() => undefined];
  await rm(join(driven.folder, FILE));
  await expect(impatient()).rejects.toMatchObject(refusal('DOWNLOAD_STALLED', /sent nothing for 0\.3 s/));
});

test('a hash that was told of the first half counts for the whole', async () => {
  driven.hub.answers = [
    serve({ content: CONTENT, linked: LINKED, ...driven.cutAfter(150_000) }),
    serve({ content: CONTENT }),
  ];
  expect(await driven.run()).toMatchObject({ verified: 'hub' });
  driven.expectWhole();
});

describe('what is here of a file is not gone on with', () => {
  test('if the server ignores ranges', async () => {
    driven.partOf(CONTENT, 1000, { etag: `"${SHA256.slice(0, 16)}"` });
    driven.hub.answers = [serve({ content: CONTENT, ignoresRange: true })];
    await driven.run();
    driven.expectWhole();
  });

  test('if the file has changed', async () => {
    const changed = ggufOf(300_000);
    driven.partOf(CONTENT, 200_000, { etag: `"${SHA256.slice(0, 16)}"` });
    driven.hub.answers = [serve({ content: changed })];
    await driven.run();
    driven.expectWhole(changed);
    expect(driven.hub.ranges).toEqual(['bytes=200000-']);
  });

  test('if the file has changed and the server does not know what If-Range is', async () => {
    const changed = ggufOf(CONTENT.length);
    driven.partOf(CONTENT, 200_000, { etag: '"old"' });
    driven.hub.answers = [
      (request, response) => {
        const { 'if-range': _, ...headers } = request.headers;
        request.headers = headers;
        serve({ content: changed })(request, response);
      },
    ];
    await driven.run();
    driven.expectWhole(changed);
    expect(driven.hub.ranges).toEqual(['bytes=200000-', undefined]);
  });

  test('if nothing could tell that both halves belong together', async () => {
    driven.partOf(CONTENT, 200_000);
    driven.hub.answers = [serve({ content: CONTENT, etag: null })];
    await driven.run();
    driven.expectWhole();
    expect(driven.hub.ranges).toEqual([undefined]);
  });

  test('if it is longer than the file, or lies behind its end', async () => {
    driven.partOf(Buffer.concat([CONTENT, CONTENT]), 500_000, { bytes: CONTENT.length, etag: '"a"' });
    driven.hub.answers = [serve({ content: CONTENT })];
    await driven.run();
    driven.expectWhole();
    await rm(join(driven.folder, FILE));
    driven.partOf(ggufOf(600_000), 500_000, { sha256: SHA256 });
    await driven.run();
    driven.expectWhole();
    expect(driven.hub.ranges).toEqual([undefined, 'bytes=500000-', undefined]);
  });

  test('if the whole has another hash: once more from the beginning', async () => {
    driven.partOf(ggufOf(CONTENT.length), 200_000);
    driven.hub.answers = [serve({ content: CONTENT, etag: null })];
    expect(await driven.run(driven.download(SHA256))).toMatchObject({ verified: 'catalog' });
    driven.expectWhole();
    expect(driven.hub.ranges).toEqual(['bytes=200000-', undefined]);
  });
});

test('a length that more was told of than comes is an interruption', async () => {
  driven.hub.answers = [serve({ content: CONTENT, length: CONTENT.length + 100, ...driven.cutAfter(CONTENT.length) })];
  await expect(driven.run()).rejects.toMatchObject({ code: 'DOWNLOAD_INTERRUPTED' });
});

test('a folder that cannot be written to is named', async () => {
  mkdirSync(driven.partial);
  driven.hub.answers = [serve({ content: CONTENT })];
  await expect(driven.run()).rejects.toMatchObject(refusal('FILE_UNWRITABLE', /tiny\.gguf\.part cannot be written/));
  await rm(driven.partial, { recursive: true });
});

test('a file that is larger than what is free is not begun', async () => {
  driven.hub.answers = [serve({ content: CONTENT, length: 900e12 })];
  await expect(driven.run()).rejects.toMatchObject(
    refusal('DOWNLOAD_NO_SPACE', /900000\d+ MB more are needed.*are free/),
  );
  expect(readFileSync(driven.partial)).toHaveLength(0);
});

test.runIf(process.platform === 'linux')('a disk that fills while it comes is said so', async () => {
  symlinkSync('/dev/full', driven.partial);
  driven.hub.answers = [serve({ content: CONTENT })];
  await expect(driven.run()).rejects.toMatchObject(refusal('DOWNLOAD_NO_SPACE', /too full.*Make room, then go on/));
  expect(driven.hub.requests).toHaveLength(1);
});
