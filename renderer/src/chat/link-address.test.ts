import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showDirections, showOverrides, withoutHidden } from './hidden-characters.js';
import { linkAddress } from './link-address.js';

describe('the address of a link', () => {
  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'blob:x',
    '//x.org',
    '/x',
    'https://',
    'java\nscript:x',
  ])('%j is not opened', (address) => expect(linkAddress(address, 'words')).toBeNull());

  it('is in its normal form, in which look-alikes differ', () => {
    expect(linkAddress('HTTPS://аpple.com/a b', 'apple')?.href).toBe('https://xn--pple-43d.com/a%20b');
    expect(linkAddress('https://example.org/\u202egpj.exe', 'x')?.href).toBe('https://example.org/%E2%80%AEgpj.exe');
  });

  it.each([
    ['https://bank.com', 'https://evil.org/bank.com', 'evil.org'],
    ['bank.com/login', 'https://bank.com.evil.org/login', 'bank.com.evil.org'],
    ['bank.com', 'https://bank.com@evil.org/', 'evil.org'],
    ['apple.com', 'https://аpple.com/', 'xn--pple-43d.com'],
    ['me@bank.com', 'mailto:me@evil.org', 'me@evil.org'],
    ['http://evil.org@bank.com', 'https://evil.org', 'evil.org'],
  ])('%s that leads to %s tells it', (words, address, told) => expect(linkAddress(address, words)?.told).toBe(told));

  it.each([
    ['https://bank.com/a', 'https://bank.com/b'],
    ['bank.com', 'https://www.bank.com/'],
    ['see here', 'https://evil.org/'],
    ['e.g. this', 'https://evil.org/'],
    ['me@bank.com', 'mailto:me@bank.com'],
    ['3.5 times', 'https://evil.org/'],
  ])('%s that leads to %s needs no word', (words, address) => expect(linkAddress(address, words)?.told).toBeNull());

  it('is of the web or mail whatever is tried', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom('javascript:', 'http:x', 'HTTPS:\\\\x')),
        fc.string(),
        (address, words) => {
          const link = linkAddress(address, words);
          if (link) expect(link.href).toMatch(/^(https?|mailto):/);
        },
      ),
    );
  });
});

describe('characters that hide', () => {
  it('are shown where they would turn letters round', () => {
    expect(showOverrides('a\u202efdp.exe')).toBe('a[U+202E]fdp.exe');
    expect(showDirections('if (x\u2066) {\u200f')).toBe('if (x[U+2066]) {[U+200F]');
    expect(withoutHidden('ba\u200bnk\u202e.com\ufeff')).toBe('bank[U+202E].com');
  });

  it('stay where scripts and emoji need them', () => {
    expect(withoutHidden('👩\u200d💻 می\u200cخواهم')).toBe('👩\u200d💻 می\u200cخواهم');
    expect(showOverrides('שלום \u2067abc\u2069')).toBe('שלום \u2067abc\u2069');
  });
});
