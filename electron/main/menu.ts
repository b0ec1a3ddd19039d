import type { MenuItemConstructorOptions } from 'electron';
import { acceleratorFor, type MenuCommand, type PageShortcut, SHORTCUTS } from '../ipc/shortcuts.js';

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
  const menus = [fileMenu(options), { role: 'editMenu' } as const, viewMenu(options), chatMenu(options)];
  if (options.platform !== 'darwin') return [...menus, helpMenu(options)];
  return [appMenu(options), ...menus, WINDOW_MENU, helpMenu(options)];
}

/** An item by its shortcut, as the sheet of keys has it. Esc is shown, but left to the page. */
function item(name: PageShortcut, { platform, send }: MenuOptions, label: string = SHORTCUTS[name].words): Item {
  const accelerator = acceleratorFor(name, platform === 'darwin');
  return {
    label,
    accelerator,
    click: () => send(name),
    ...(accelerator.endsWith('Esc') && { registerAccelerator: false }),
  };
}

function settingsItem(options: MenuOptions): Item {
  return item('openSettings', options, 'Settings…');
}

/** On a Mac. */
function appMenu(options: MenuOptions): Item {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      SEPARATOR,
      settingsItem(options),
      SEPARATOR,
      { role: 'services' },
      SEPARATOR,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      SEPARATOR,
      { role: 'quit', accelerator: acceleratorFor('quit', true) },
    ],
  };
}

function fileMenu(options: MenuOptions): Item {
  const { platform, send } = options;
  const isMac = platform === 'darwin';
  const close: Item = { role: 'close', accelerator: acceleratorFor('closeWindow', isMac) };
  const leaving: Item[] = isMac
    ? [close]
    : [settingsItem(options), SEPARATOR, close, { role: 'quit', accelerator: acceleratorFor('quit', isMac) }];
  return {
    label: '&File',
    submenu: [
      item('newChat', options),
      item('openModel', options),
      { label: 'Models…', click: () => send('showModels') },
      { label: 'Open trace…', click: () => send('openTrace') },
      SEPARATOR,
      { label: 'Import chats…', click: () => send('importChats') },
      { label: 'Export all chats…', click: () => send('exportChats') },
      SEPARATOR,
      ...leaving,
    ],
  };
}

function viewMenu(options: MenuOptions): Item {
  const isMac = options.platform === 'darwin';
  const key = (name: Parameters<typeof acceleratorFor>[0]): string => acceleratorFor(name, isMac);
  const forDevelopers: Item[] = [SEPARATOR, { role: 'reload' }, { role: 'toggleDevTools' }];
  return {
    label: '&View',
    submenu: [
      item('toggleSidebar', options),
      item('togglePanel', options),
      item('toggleSurvival', options),
      { label: 'Compare with full cache', click: () => options.send('toggleComparison') },
      SEPARATOR,
      { role: 'resetZoom', accelerator: key('resetZoom') },
      { role: 'zoomIn', accelerator: key('zoomIn') },
      // Plus is written with Shift on many keyboards, and few people press it.
      { role: 'zoomIn', accelerator: 'CmdOrCtrl+=', visible: false, acceleratorWorksWhenHidden: true },
      { role: 'zoomOut', accelerator: key('zoomOut') },
      SEPARATOR,
      { role: 'togglefullscreen', accelerator: key('fullScreen') },
      ...(options.development ? forDevelopers : []),
    ],
  };
}

function chatMenu(options: MenuOptions): Item {
  return {
    label: '&Chat',
    submenu: [
      item('openPalette', options),
      item('searchChats', options),
      item('find', options),
      item('focusInput', options),
      item('stop', options, 'Stop the answer'),
      item('pin', options),
      SEPARATOR,
      item('openChatTab', options),
      { label: 'Assistants…', click: () => options.send('showAssistants') },
      item('openModelMenu', options),
    ],
  };
}

/** On a Mac. Cmd+M, which would minimize, opens the memory panel here as everywhere. */
const WINDOW_MENU: Item = {
  role: 'window',
  submenu: [{ role: 'minimize', accelerator: 'Alt+CmdOrCtrl+M' }, { role: 'zoom' }, SEPARATOR, { role: 'front' }],
};

function helpMenu(options: MenuOptions): Item {
  const about: Item[] = options.platform === 'darwin' ? [] : [SEPARATOR, { role: 'about' }];
  return {
    role: 'help',
    label: '&Help',
    submenu: [
      item('showKeys', options),
      SEPARATOR,
      { label: 'Copy a report', click: options.report },
      { label: 'Open the log', click: options.openLog },
      ...about,
    ],
  };
}
