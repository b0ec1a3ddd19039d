import { beforeEach, expect, test } from 'vitest';
import { QuickKey } from './quick-key.js';

let held: Map<string, () => void>;
let presses: number;
let quickKey: QuickKey;

beforeEach(() => {
  held = new Map([['CmdOrCtrl+Alt+T', () => undefined]]);
  presses = 0;
  quickKey = new QuickKey({
    globalKeys: {
      register: (accelerator, callback) => !held.has(accelerator) && Boolean(held.set(accelerator, callback)),
      unregister: (accelerator) => void held.delete(accelerator),
    },
    isMac: false,
    onPress: () => {
      presses++;
    },
  });
});

test('a key is taken, changed and given back', () => {
  quickKey.set('Mod+Shift+Space');
  held.get('CmdOrCtrl+Shift+Space')?.();
  expect(presses).toBe(1);
  quickKey.set('Alt+N');
  expect([...held.keys()]).toEqual(['CmdOrCtrl+Alt+T', 'Alt+N']);
  quickKey.set(null);
  expect([...held.keys()]).toEqual(['CmdOrCtrl+Alt+T']);
});

test.each([
  ['Mod+Alt+T', 'Another program'],
  ['Mod+N', 'Pyramid Chat uses Mod\\+N already, for “New chat”'],
])('%s has a use already: it is refused, and the key before stays', (keys, words) => {
  quickKey.set('Alt+N');
  expect(() => quickKey.set(keys)).toThrow(
    expect.objectContaining({ code: 'SHORTCUT_TAKEN', message: expect.stringMatching(words) }),
  );
  expect(held.has('Alt+N')).toBe(true);
});

test('a key of the app is refused with the name of its use, for whoever words it', () => {
  expect(() => quickKey.set('Mod+N')).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ own: 'newChat' }) }),
  );
});

test('which key it has is known: not one that was refused, but the next that is free', () => {
  expect(quickKey.keys).toBeNull();
  expect(() => quickKey.set('Mod+Alt+T')).toThrow();
  expect(quickKey.keys).toBeNull();
  quickKey.set('Alt+N');
  expect(quickKey.keys).toBe('Alt+N');
  quickKey.set(null);
  expect(quickKey.keys).toBeNull();
});

test('the same key again is no conflict with itself', () => {
  quickKey.set('Alt+N');
  expect(() => quickKey.set('Alt+N')).not.toThrow();
  expect(held.has('Alt+N')).toBe(true);
});
