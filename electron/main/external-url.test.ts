import { expect, test } from 'vitest';
import { EngineError } from '../../engine/errors.js';
import { askAboutUrl, checkExternalUrl } from './external-url.js';

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

test('the question names the site, and what may mislead', () => {
  const { message, detail } = askAboutUrl('https://bank.com@evil.org/bank.com');
  expect(message).toBe('Open evil.org in your browser?');
  expect(detail).toContain('https://bank.com@evil.org/bank.com');
  expect(detail).toContain('a name to sign in with, not the site');
  expect(askAboutUrl('http://аpple.com').detail).toMatch(/xn--pple-43d\.com.*other scripts.*not encrypted/s);
  expect(askAboutUrl('mailto:a@b.org?subject=x').message).toBe('Write to a@b.org?');
});

test('the question stays short, and the end of a site’s name in it', () => {
  const { message, detail } = askAboutUrl(`https://${'bank.com.'.repeat(26)}evil.org/${'x'.repeat(3000)}\u202egpj`);
  expect(message).toMatch(/….*evil\.org in/);
  expect(message.length).toBeLessThan(120);
  expect(detail.length).toBeLessThan(600);
  expect(detail).not.toContain('\u202e');
});
