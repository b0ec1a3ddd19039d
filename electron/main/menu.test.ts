import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { setLanguage } from '../../locales/words.js';
import type { MenuCommand } from '../ipc/shortcuts.js';
import { menuTemplate } from './menu.js';

function optionsOf(platform: NodeJS.Platform, development: boolean, sent: string[] = []) {
  return {
    platform,
    development,
    send: (command: MenuCommand) => void sent.push(command),
    openLog: () => void sent.push('the log'),
    report: () => void sent.push('a report'),
  };
}

function itemsOf(platform: NodeJS.Platform, development: boolean, sent: string[] = []): MenuItemConstructorOptions[] {
  const template = menuTemplate(optionsOf(platform, development, sent));
  return template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : [menu]));
}

function allItems(items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? allItems(item.submenu) : [])]);
}

test('each command of the window has one item', () => {
  const commands = [
    ...[
      'a report',
      'exportChats',
      'find',
      'focusInput',
      'importChats',
      'newChat',
      'openModel',
      'openModelMenu',
      'openPalette',
      'openSettings',
      'openTrace',
      'pin',
      'searchChats',
    ],
    ...[
      'showKeys',
      'showModels',
      'stop',
      'the log',
      'toggleComparison',
      'togglePanel',
      'toggleSidebar',
      'toggleSurvival',
    ],
  ];
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const sent: string[] = [];
    const press = Function.prototype as NonNullable<MenuItemConstructorOptions['click']>;
    for (const { click = press } of itemsOf(platform, false, sent)) Reflect.apply(click, undefined, []);
    expect(sent.sort()).toEqual(commands);
  }
});

test('what a key does is what its item says, wherever it has one', () => {
  const items = itemsOf('linux', false);
  for (const [label, key] of [
    ['Settings…', 'CmdOrCtrl+,'],
    ['Keyboard shortcuts', 'CmdOrCtrl+/'],
    ['Pin the selection or message', 'CmdOrCtrl+Shift+P'],
  ]) {
    expect(items.find((item) => item.label === label)?.accelerator).toBe(key);
  }
  expect(items.find(({ role }) => role === 'close')?.accelerator).toBe('CmdOrCtrl+W');
  expect(items.find(({ role }) => role === 'togglefullscreen')?.accelerator).toBe('F11');
});

test('on a Mac the settings and quitting are in the menu of the app, and Cmd+M is not taken twice', () => {
  const [first] = menuTemplate(optionsOf('darwin', false));
  const names = Array.isArray(first.submenu) ? first.submenu.map(({ label, role }) => role ?? label) : [];
  expect(names).toEqual(expect.arrayContaining(['Settings…', 'hide', 'quit']));
  expect(itemsOf('darwin', false).find(({ role }) => role === 'minimize')?.accelerator).toBe('Alt+CmdOrCtrl+M');
});

test('every item has a label of its own in German, also what the system does', () => {
  setLanguage('de');
  try {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const items = allItems(menuTemplate(optionsOf(platform, true)));
      // The menu of the app has its name from the system.
      const visible = items.filter(
        ({ type, role, visible = true }) => type !== 'separator' && role !== 'appMenu' && visible,
      );
      for (const { label, role } of visible) expect([role, label]).not.toEqual([role, undefined]);
      expect(visible.map(({ label }) => label)).toEqual(
        expect.arrayContaining(['Neuer Chat', 'Ausschneiden', 'Beenden', 'Chats durchsuchen', '&Hilfe']),
      );
    }
  } finally {
    setLanguage('en');
  }
});

test('no key is given twice', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const keys = itemsOf(platform, true).flatMap(({ accelerator }) => (accelerator ? [String(accelerator)] : []));
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test('keys that the page handles are shown but not taken from it', () => {
  const taken = itemsOf('linux', false).filter(
    ({ accelerator, registerAccelerator }) => String(accelerator).endsWith('Esc') && registerAccelerator !== false,
  );
  expect(taken).toEqual([]);
});

test('reloading and the developer tools are for development only', () => {
  const roles = (development: boolean) => itemsOf('linux', development).map(({ role }) => role);
  expect(roles(false)).not.toContain('reload');
  expect(roles(false)).not.toContain('toggleDevTools');
  expect(roles(true)).toContain('reload');
});
