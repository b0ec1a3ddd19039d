// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { setLanguage } from '../../../locales/words.js';
import { keyCaps, keysOf, shortcutOf, writtenKeys } from './keys.js';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> & { code?: string } = {},
) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('keys', () => {
  it('is Ctrl, or the command key on a Mac', () => {
    expect(shortcutOf(press('n', { ctrlKey: true }), false)).toBe('newChat');
    expect(shortcutOf(press('N', { metaKey: true }), true)).toBe('newChat');
    expect(shortcutOf(press('n', { metaKey: true }), false)).toBeNull();
    expect(shortcutOf(press('b', { ctrlKey: true }), true)).toBeNull();
    expect(shortcutOf(press('b', { ctrlKey: true, metaKey: true }), false)).toBeNull();
    expect(shortcutOf(press('b', { ctrlKey: true, metaKey: true }), true)).toBeNull();
  });

  it('leaves plain letters and other combinations alone', () => {
    expect(shortcutOf(press('n'), false)).toBeNull();
    expect(shortcutOf(press('n', { ctrlKey: true, shiftKey: true }), false)).toBeNull();
    expect(shortcutOf(press('M', { ctrlKey: true, shiftKey: true }), false)).toBe('toggleSurvival');
    expect(shortcutOf(press('m', { ctrlKey: true, altKey: true }), false)).toBeNull();
  });

  it('leaves to fields and menus what is theirs', () => {
    expect(shortcutOf(press('Enter'), false)).toBeNull();
    expect(shortcutOf(press('w', { ctrlKey: true }), false)).toBeNull();
    expect(shortcutOf(press('0', { ctrlKey: true }), false)).toBeNull();
  });

  it('stops with Esc and goes to the input with Shift+Esc', () => {
    expect(shortcutOf(press('Escape'), false)).toBe('stop');
    expect(shortcutOf(press('Escape', { shiftKey: true }), false)).toBe('focusInput');
    expect(shortcutOf(press('Escape', { ctrlKey: true }), false)).toBeNull();
  });

  it('knows a sign wherever the keyboard has it, and a letter in whatever script', () => {
    expect(shortcutOf(press('/', { ctrlKey: true }), false)).toBe('showKeys');
    expect(shortcutOf(press('/', { ctrlKey: true, shiftKey: true, code: 'Digit7' }), false)).toBe('showKeys');
    expect(shortcutOf(press('т', { ctrlKey: true, code: 'KeyN' }), false)).toBe('newChat');
    // A Dvorak keyboard writes b where others have an n.
    expect(shortcutOf(press('b', { ctrlKey: true, code: 'KeyN' }), false)).toBe('toggleSidebar');
  });
});

describe('how keys are written', () => {
  it('is what stands on them', () => {
    expect(keysOf('newChat', false)).toBe('Ctrl N');
    expect(keysOf('newChat', true)).toBe('⌘N');
    expect(keyCaps('pin', false)).toEqual(['Ctrl', 'Shift', 'P']);
    expect(keysOf('pin', true)).toBe('⌘⇧P');
    expect(keysOf('zoomIn', false)).toBe('Ctrl +');
    expect(keysOf('fullScreen', true)).toBe('⌃⌘F');
  });

  it('is what stands on a keyboard of the language', () => {
    setLanguage('de');
    expect(keyCaps('pin', false)).toEqual(['Strg', 'Umschalt', 'P']);
    expect(writtenKeys('Mod+Shift+Space', true)).toBe('⌘⇧Leertaste');
    setLanguage('en');
  });
});
