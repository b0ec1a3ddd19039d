import { expect, test } from 'vitest';
import { acceleratorFor, keysFor, SHORTCUT_GROUPS, SHORTCUTS, type ShortcutName } from './shortcuts.js';

const names = Object.keys(SHORTCUTS) as ShortcutName[];

test.each([false, true])('no key stands for two things (Mac: %s), and each is in a group that is shown', (isMac) => {
  const keys = names.map((name) => keysFor(name, isMac));
  expect(new Set(keys).size).toBe(keys.length);
  for (const name of names) expect(SHORTCUT_GROUPS).toContain(SHORTCUTS[name].group);
});

test('menus name them in their own way', () => {
  expect(acceleratorFor('pin', false)).toBe('CmdOrCtrl+Shift+P');
  expect(acceleratorFor('fullScreen', false)).toBe('F11');
  expect(acceleratorFor('fullScreen', true)).toBe('Ctrl+CmdOrCtrl+F');
});
