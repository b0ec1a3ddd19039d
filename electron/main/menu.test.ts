import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import type { MenuCommand } from '../ipc/contract.js';
import { menuTemplate } from './menu.js';

function itemsOf(
  platform: NodeJS.Platform,
  development: boolean,
  sent: MenuCommand[] = [],
): MenuItemConstructorOptions[] {
  const template = menuTemplate({
    platform,
    development,
    send: (command) => sent.push(command),
    openLog: () => undefined,
  });
  return template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : [menu]));
}

test('each command of the window has one item', () => {
  const sent: MenuCommand[] = [];
  const press = Function.prototype as NonNullable<MenuItemConstructorOptions['click']>;
  for (const { click = press, label } of itemsOf('linux', false, sent)) {
    if (label !== 'Open the log') Reflect.apply(click, undefined, []);
  }
  expect(sent.sort()).toEqual([
    'exportChats',
    'focusInput',
    'importChats',
    'newChat',
    'openModel',
    'openTrace',
    'showModels',
    'stop',
    'toggleMemory',
    'toggleSidebar',
  ]);
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
