// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest';
import { firstLanguage, noteLanguage } from './window-language.js';

beforeEach(() => sessionStorage.clear());

it('is what was chosen when the window opened, or since', () => {
  expect(firstLanguage('system')).toBe('system');
  noteLanguage('de');
  expect(firstLanguage('system')).toBe('de');
  noteLanguage('system');
  expect(firstLanguage('en')).toBe('system');
});

it('is none that the app has not', () => {
  sessionStorage.setItem('language', 'xx');
  expect(firstLanguage('de')).toBe('de');
});
