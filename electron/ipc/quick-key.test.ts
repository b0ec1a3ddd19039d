import { expect, test } from 'vitest';
import { ownUseOf, QUICK_KEY, USUAL_QUICK_KEY } from './quick-key.js';

test.each([USUAL_QUICK_KEY, 'Alt+N', 'Ctrl+Alt+F12', 'Mod+Shift+5', 'Super+Space'])('%s can be it', (keys) => {
  expect(keys).toMatch(QUICK_KEY);
});

test.each(['', 'N', 'Shift+N', 'Shift+Space', 'Mod+', 'Mod+Enter', 'Mod+n', 'Mod+N+M', 'Hyper+N', 'Mod+N\n'])(
  '%j cannot be it',
  (keys) => {
    expect(keys).not.toMatch(QUICK_KEY);
  },
);

test('keys that the app has a use for are known', () => {
  expect(ownUseOf('Mod+N', false)).toBe('newChat');
  expect(ownUseOf('Mod+W', false)).toBe('closeWindow');
  expect(ownUseOf(USUAL_QUICK_KEY, false)).toBeNull();
});
