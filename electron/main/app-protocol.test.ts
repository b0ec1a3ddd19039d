import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { APP_URL, CONTENT_SECURITY_POLICY, isAppUrl, isOwnPage, serve, servedFile } from './app-protocol.js';

const folder = resolve('/app/out/renderer');

test('addresses of the app name files of the built page', () => {
  expect(servedFile(APP_URL, folder)).toBe(join(folder, 'index.html'));
  expect(servedFile('app://pyramid/assets/a%20b.js?v=1#x', folder)).toBe(join(folder, 'assets', 'a b.js'));
});

test.each([
  'app://other/index.html',
  'file:///app/out/renderer/index.html',
  'https://pyramid/index.html',
  'app://pyramid/%2e%2e%2f%2e%2e%2fpackage.json',
  'app://pyramid/..%2f..%2fpackage.json',
  'app://pyramid/..%5c..%5cpackage.json',
  'app://pyramid/%00.html',
  'app://pyramid/%E0%A4%A.html',
  'app://pyramid/assets',
  'app://pyramid/server.key',
  'nonsense',
])('%s is not served', (url) => {
  expect(servedFile(url, folder)).toBeNull();
});

test('no path leaves the folder', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('..', '.', '%2e%2e', '%2f', '/', 'a', '%5c')), (parts) => {
      const file = servedFile(`app://pyramid/${parts.join('/')}/x.html`, folder);
      return file === null || file.startsWith(join(folder, '/'));
    }),
  );
});

test('only the app itself is its origin', () => {
  expect(isAppUrl(APP_URL)).toBe(true);
  expect(isAppUrl('app://pyramid.example.com/index.html')).toBe(false);
  expect(isAppUrl('')).toBe(false);
});

test('only the page itself may call, no frame in it, nor one that is gone', () => {
  expect(isOwnPage({ parent: null, url: APP_URL })).toBe(true);
  expect(isOwnPage({ parent: {}, url: APP_URL })).toBe(false);
  expect(isOwnPage({ parent: null, url: 'https://example.com/' })).toBe(false);
  expect(isOwnPage(null)).toBe(false);
});

test('a page comes with its type and policy; what is missing with the policy only', async () => {
  const served = await mkdtemp(join(tmpdir(), 'served-'));
  await writeFile(join(served, 'index.html'), '<p>é</p>');
  const found = await serve(APP_URL, served);
  expect(found.status).toBe(200);
  expect(found.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(found.headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY);
  expect(await found.text()).toBe('<p>é</p>');
  const missing = await serve('app://pyramid/none.js', served);
  expect(missing.status).toBe(404);
  expect(missing.headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY);
});

test('the policy lets no script run that is not a file of the app', () => {
  expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|http|blob|\*/);
});
