import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { CONTENT, DrivenDownload, FILE, refusal } from './fixtures/driven-download.js';
import { redirect, serve, status } from './fixtures/hub-server.js';

let driven: DrivenDownload;
beforeEach(async () => {
  driven = await DrivenDownload.start();
  return () => driven.end();
});

test.each([
  [401, /sign-in/],
  [403, /licence/],
  [404, /no such file/],
  [418, /HTTP 418/],
])('HTTP %i is said plainly, at once', async (code, message) => {
  driven.hub.answers = [status(code)];
  await expect(driven.run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', message));
  expect(driven.hub.requests).toHaveLength(1);
});

test('a server that is asked too often is asked later', async () => {
  driven.hub.answers = [status(429, { 'retry-after': '0' }), serve({ content: CONTENT })];
  await driven.run();
  driven.expectWhole();
  await rm(join(driven.folder, FILE));
  driven.hub.answers = [status(429)];
  await expect(driven.run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', /too often/));
});

describe('redirects', () => {
  test('in a circle end', async () => {
    driven.hub.answers = [redirect('/round')];
    await expect(driven.run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', /without end/));
    expect(driven.hub.requests.length).toBeLessThan(10);
  });

  test.each(['http://example.org/model', 'ftp://example.org/model', 'file:///etc/passwd', 'data:,GGUF', 'http://'])(
    'to %s are not followed',
    async (location) => {
      driven.hub.answers = [redirect(location)];
      await expect(driven.run()).rejects.toMatchObject(refusal('DOWNLOAD_REFUSED', /only https is/));
      expect(driven.hub.requests).toHaveLength(1);
    },
  );
});
