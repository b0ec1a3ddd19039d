import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { createUpdateKey, feedDescription, signFeed } from '../../scripts/dist/update-feed.mjs';
import { InstalledApp, OrdinaryUser, sandboxArguments } from './installed-app.js';
import { builtFile, output } from './package-files.js';

const FEED = 'latest-linux.yml';
const KEY = createUpdateKey();
/** Stands where the next AppImage is: electron-updater starts it once it is in place. */
const NEXT = Buffer.from(`#!/bin/sh\ntouch "$(dirname "$0")/started"\n# ${'x'.repeat(200_000)}\n`);
const NEXT_FILE = 'pyramid-chat.AppImage';

/** What the server has, by name. */
const served = new Map<string, Buffer>();
let server: Server;
let url: string;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const found = served.get((request.url ?? '').slice(1).replace(/\?.*$/, ''));
    response.writeHead(found ? 200 : 404).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
test.afterAll(() => void server.close());

/** Serves `file` as a version, in a feed that says what it should be. */
function serve(version: string, { file = NEXT, key = KEY } = {}): void {
  const sha512 = createHash('sha512').update(NEXT).digest('base64');
  const entry = `url: ${NEXT_FILE}\n    sha512: ${sha512}\n    size: ${NEXT.length}`;
  const feed = `version: ${version}\nfiles:\n  - ${entry}\npath: ${NEXT_FILE}\nsha512: ${sha512}\nreleaseDate: '2026-11-26T00:00:00.000Z'\n`;
  served.clear();
  served.set(FEED, Buffer.from(feed)).set(NEXT_FILE, file);
  served.set(`${FEED}.sig`, Buffer.from(signFeed(feed, key)));
}

test('a newer version is put in place at the end; what is older, foreign, cut short or damaged is not', async () => {
  const user = new OrdinaryUser();
  output('tar', ['-xzf', builtFile('.tar.gz'), '-C', user.home, '--no-same-owner']);
  const folder = join(user.home, readdirSync(user.home)[0]);
  writeFileSync(join(folder, 'resources/update.json'), feedDescription(url, KEY));
  // As its start script tells an AppImage.
  const appImage = join(user.home, 'Pyramid Chat.AppImage');
  writeFileSync(appImage, 'this version');
  chmodSync(appImage, 0o755);
  user.own(appImage);

  const app = await InstalledApp.start(join(folder, 'pyramid-chat'), user, sandboxArguments(user), {
    APPIMAGE: appImage,
  });
  await app.page.getByRole('button', { name: /^Settings/ }).click();
  const about = app.page.getByRole('region', { name: 'About' });
  const check = about.getByRole('button', { name: 'Check for updates' });
  const download = about.getByRole('button', { name: 'Download version 99.0.0' });
  const status = about.getByRole('status');

  await check.click();
  await expect(status).toContainText('The update failed.');
  serve('0.0.1');
  await check.click();
  await expect(status).toHaveText('This is the newest version.');
  serve('99.0.0', { key: createUpdateKey() });
  await check.click();
  await expect(status).toContainText('is not signed by who builds Pyramid Chat');
  await expect(status).toContainText('Nothing was changed.');
  const damaged = Buffer.from(NEXT);
  damaged[damaged.length - 3] ^= 1;
  for (const file of [NEXT.subarray(0, 100_000), damaged]) {
    serve('99.0.0', { file });
    await check.click();
    await download.click();
    await expect(status).toContainText('sha512 checksum mismatch');
  }
  expect(readFileSync(appImage, 'utf8')).toBe('this version');
  await app.modelIsLoaded(/SmolLM2 135M Instruct/);
  await app.answers();

  serve('99.0.0');
  await check.click();
  await download.click();
  await expect(status).toContainText('Version 99.0.0 is here.');
  expect(await app.quit()).toBe(0);
  await expect.poll(() => existsSync(join(user.home, 'started'))).toBe(true);
  expect(readFileSync(appImage).equals(NEXT)).toBe(true);
  user.remove();
});
