import type { MenuItemConstructorOptions } from 'electron';
import type words from '../../locales/en/main.json';
import { t } from '../../locales/words.js';
import { acceleratorFor, type MenuCommand, type PageShortcut, type ShortcutName } from '../ipc/shortcuts.js';

interface MenuOptions {
  platform: NodeJS.Platform;
  development: boolean;
  send: (command: MenuCommand) => void;
  openLog: () => void;
  /** Copies what helps to find a fault, and says so. */
  report: () => void;
}

type Item = MenuItemConstructorOptions;

const SEPARATOR: Item = { type: 'separator' };

/** The native menus. */
export function menuTemplate(options: MenuOptions): Item[] {
  const menus = [fileMenu(options), editMenu(options), viewMenu(options), chatMenu(options)];
  if (options.platform !== 'darwin') return [...menus, helpMenu(options)];
  return [appMenu(options), ...menus, windowMenu(), helpMenu(options)];
}

/** An item by its shortcut, as the sheet of keys has it. Esc is shown, but left to the page. */
function item(name: PageShortcut, { platform, send }: MenuOptions, label: string = t(`shell.shortcuts.${name}`)): Item {
  const accelerator = acceleratorFor(name, platform === 'darwin');
  return {
    label,
    accelerator,
    click: () => send(name),
    ...(accelerator.endsWith('Esc') && { registerAccelerator: false }),
  };
}

/** As `item`, of what the system acts on. */
function systemItem(name: ShortcutName, role: NonNullable<Item['role']>, { platform }: MenuOptions): Item {
  return { role, label: t(`shell.shortcuts.${name}`), accelerator: acceleratorFor(name, platform === 'darwin') };
}

/** What the system does, in the app's words: its own would be in its language, or in English. */
function roles(...names: (keyof typeof words.roles)[]): Item[] {
  return names.map((role) => ({ role, label: t(`main.roles.${role}`) }));
}

function settingsItem(options: MenuOptions): Item {
  return item('openSettings', options, t('main.menu.settings'));
}

/** On a Mac. */
function appMenu(options: MenuOptions): Item {
  return {
    role: 'appMenu',
    submenu: [
      ...roles('about'),
      SEPARATOR,
      settingsItem(options),
      SEPARATOR,
      ...roles('services'),
      SEPARATOR,
      ...roles('hide', 'hideOthers', 'unhide'),
      SEPARATOR,
      systemItem('quit', 'quit', options),
    ],
  };
}

function fileMenu(options: MenuOptions): Item {
  const { platform, send } = options;
  const isMac = platform === 'darwin';
  const close = systemItem('closeWindow', 'close', options);
  const leaving: Item[] = isMac
    ? [close]
    : [settingsItem(options), SEPARATOR, close, systemItem('quit', 'quit', options)];
  return {
    label: t('main.menu.file'),
    submenu: [
      item('newChat', options),
      item('openModel', options),
      { label: t('shell.commands.showModels'), click: () => send('showModels') },
      { label: t('shell.commands.openTrace'), click: () => send('openTrace') },
      SEPARATOR,
      { label: t('shell.commands.importChats'), click: () => send('importChats') },
      { label: t('shell.commands.exportChats'), click: () => send('exportChats') },
      SEPARATOR,
      ...leaving,
    ],
  };
}

function editMenu({ platform }: MenuOptions): Item {
  const onMac: Item[] = [
    ...roles('pasteAndMatchStyle', 'delete', 'selectAll'),
    SEPARATOR,
    {
      label: t('main.menu.substitutions'),
      submenu: roles('showSubstitutions', 'toggleSmartQuotes', 'toggleSmartDashes', 'toggleTextReplacement'),
    },
    { label: t('main.menu.speech'), submenu: roles('startSpeaking', 'stopSpeaking') },
  ];
  const elsewhere: Item[] = [...roles('delete'), SEPARATOR, ...roles('selectAll')];
  return {
    label: t('main.menu.edit'),
    submenu: [
      ...roles('undo', 'redo'),
      SEPARATOR,
      ...roles('cut', 'copy', 'paste'),
      ...(platform === 'darwin' ? onMac : elsewhere),
    ],
  };
}

function viewMenu(options: MenuOptions): Item {
  const forDevelopers: Item[] = [SEPARATOR, ...roles('reload', 'toggleDevTools')];
  return {
    label: t('main.menu.view'),
    submenu: [
      item('toggleSidebar', options),
      item('togglePanel', options),
      item('toggleSurvival', options),
      { label: t('shell.commands.toggleComparison'), click: () => options.send('toggleComparison') },
      SEPARATOR,
      systemItem('resetZoom', 'resetZoom', options),
      systemItem('zoomIn', 'zoomIn', options),
      // Plus is written with Shift on many keyboards, and few people press it.
      { role: 'zoomIn', accelerator: 'CmdOrCtrl+=', visible: false, acceleratorWorksWhenHidden: true },
      systemItem('zoomOut', 'zoomOut', options),
      SEPARATOR,
      systemItem('fullScreen', 'togglefullscreen', options),
      ...(options.development ? forDevelopers : []),
    ],
  };
}

function chatMenu(options: MenuOptions): Item {
  return {
    label: t('main.menu.chat'),
    submenu: [
      item('openPalette', options),
      item('searchChats', options),
      item('find', options),
      item('focusInput', options),
      item('stop', options, t('main.menu.stop')),
      item('pin', options),
      SEPARATOR,
      item('openModelMenu', options),
    ],
  };
}

/** On a Mac. Cmd+M, which would minimize, opens the memory panel here as everywhere. */
function windowMenu(): Item {
  const [minimize] = roles('minimize');
  return {
    role: 'window',
    label: t('main.menu.window'),
    submenu: [{ ...minimize, accelerator: 'Alt+CmdOrCtrl+M' }, ...roles('zoom'), SEPARATOR, ...roles('front')],
  };
}

function helpMenu(options: MenuOptions): Item {
  const about: Item[] = options.platform === 'darwin' ? [] : [SEPARATOR, ...roles('about')];
  return {
    role: 'help',
    label: t('main.menu.help'),
    submenu: [
      item('showKeys', options),
      SEPARATOR,
      { label: t('main.menu.report'), click: options.report },
      { label: t('main.menu.log'), click: options.openLog },
      ...about,
    ],
  };
}
