import { expect, test } from 'vitest';
import { checkHub, fileUrl, redirectTarget, USUAL_HUB } from './hub-address.js';

test.each([
  ['https://hub.example/', 'https://hub.example'],
  [' https://hub.example:8443/mirror/ ', 'https://hub.example:8443/mirror'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  [USUAL_HUB, USUAL_HUB],
])('%s is an address to download from', (text, address) => expect(checkHub(text)).toBe(address));

test.each([
  ['', /not an address/],
  ['hub.example', /not an address/],
  ['http://hub.example', /not an https address/],
  ['http://127.0.0.1.hub.example', /not an https address/],
  ['file:///models', /not an https address/],
  ['javascript:alert(1)', /not an https address/],
  ['https://me:secret@hub.example', /password/],
  ['https://hub.example/?a=b', /more than/],
])('%s is none, and the message says why', (text, message) => {
  const error = expect.objectContaining({ code: 'DOWNLOAD_ADDRESS_INVALID', message: expect.stringMatching(message) });
  expect(() => checkHub(text)).toThrow(error);
});

test('a file’s address cannot leave its repository', () => {
  const url = fileUrl('https://hub.example/m', { repository: 'a/b', revision: 'r', file: '../../x y?.gguf' });
  expect(url.href).toBe('https://hub.example/m/a/b/resolve/r/..%2F..%2Fx%20y%3F.gguf');
});

test('a redirect leads to https, and from outside never into this computer', () => {
  const outside = new URL('https://hub.example/a/b');
  expect(redirectTarget(outside, '/c').href).toBe('https://hub.example/c');
  expect(redirectTarget(outside, 'https://cdn.example/d').href).toBe('https://cdn.example/d');
  for (const location of [null, 'http://hub.example', 'http://127.0.0.1/', 'https://localhost/', 'ftp://a.b/']) {
    expect(() => redirectTarget(outside, location)).toThrow(expect.objectContaining({ code: 'DOWNLOAD_REFUSED' }));
  }
  expect(redirectTarget(new URL('http://127.0.0.1:1/a'), 'http://127.0.0.1:2/b').href).toBe('http://127.0.0.1:2/b');
});
