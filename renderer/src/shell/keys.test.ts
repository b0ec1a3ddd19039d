// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { shortcutOf } from './keys.js';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
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
  });

  it('leaves plain letters and other combinations alone', () => {
    expect(shortcutOf(press('n'), false)).toBeNull();
    expect(shortcutOf(press('n', { ctrlKey: true, shiftKey: true }), false)).toBeNull();
    expect(shortcutOf(press('M', { ctrlKey: true, shiftKey: true }), false)).toBe('toggleSurvival');
    expect(shortcutOf(press('m', { ctrlKey: true, altKey: true }), false)).toBeNull();
  });

  it('stops with Esc and goes to the input with Shift+Esc', () => {
    expect(shortcutOf(press('Escape'), false)).toBe('stop');
    expect(shortcutOf(press('Escape', { shiftKey: true }), false)).toBe('focusInput');
  });
});
