import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createUpdateKey, feedDescription, signFeed } from '../../../scripts/dist/update-feed.mjs';
import { isSigned } from './feed-signature.js';
import { findFeed } from './update-feed.js';

const URL = 'https://example.org/feed/';
const key = createUpdateKey();
const { publicKey } = JSON.parse(feedDescription(URL, key));

describe('who is asked for newer versions', () => {
  let folder: string;
  let feedFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'feed-'));
    feedFile = join(folder, 'update.json');
    writeFileSync(feedFile, feedDescription(URL, key));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const find = (change: Partial<Parameters<typeof findFeed>[0]>) =>
    findFeed({ isPackaged: true, platform: 'linux', env: { APPIMAGE: '/a.AppImage' }, feedFile, ...change });

  test('the feed that the build was told', () => {
    expect(find({})).toEqual({ provider: 'generic', url: URL, publicKey });
    expect(find({ platform: 'darwin', env: {} })).toMatchObject({ url: URL });
  });

  test.each([
    ['where a package manager or an archive put the app', { env: {} }, 'packaged'],
    ['in a checkout', { isPackaged: false }, 'source'],
    ['from a portable executable', { platform: 'win32', env: { PORTABLE_EXECUTABLE_FILE: 'x' } }, 'portable'],
    ['without a feed', { feedFile: '/nowhere/update.json' }, 'noFeed'],
  ] as const)('nobody %s', (_where, change, reason) => {
    expect(find(change)).toEqual({ off: reason });
  });

  test('nobody where the file is damaged', () => {
    writeFileSync(feedFile, '{"provider":"generic","url":');
    expect(find({})).toEqual({ off: 'damaged' });
  });
});

test('a feed counts only with a signature by the key that the app knows, over the words as they are', () => {
  const feed = 'version: 0.2.0\n';
  expect(isSigned(feed, `${signFeed(feed, key)}\n`, publicKey)).toBe(true);
  expect(isSigned('version: 0.3.0\n', signFeed(feed, key), publicKey)).toBe(false);
  expect(isSigned(feed, signFeed(feed, createUpdateKey()), publicKey)).toBe(false);
  expect(isSigned(feed, '', publicKey)).toBe(false);
  expect(isSigned(feed, 'not base64 at all ü', publicKey)).toBe(false);
});
