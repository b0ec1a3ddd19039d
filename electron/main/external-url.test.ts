import { expect, test } from 'vitest';
import { EngineError } from '../../engine/errors.js';
import { checkExternalUrl } from './external-url.js';

test('web and mail addresses are given back in their normal form', () => {
  expect(checkExternalUrl('HTTPS://Example.com/a b')).toBe('https://example.com/a%20b');
  expect(checkExternalUrl('http://example.com')).toBe('http://example.com/');
  expect(checkExternalUrl('mailto:someone@example.com')).toBe('mailto:someone@example.com');
});

test('letters that only look like others are shown for what they are', () => {
  expect(checkExternalUrl('https://аpple.com/')).toBe('https://xn--pple-43d.com/');
});

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'smb://host/share',
  'ms-settings:',
  'example.com',
  '',
])('%s is refused', (url) => {
  expect(() => checkExternalUrl(url)).toThrow(EngineError);
  expect(() => checkExternalUrl(url)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});
