import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../ipc/contract.js';

interface MenuOptions {
  platform: NodeJS.Platform;
  development: boolean;
  send: (command: MenuCommand) => void;
  openLog: () => void;
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/** The native menus. Keys that act inside the page (Esc) are shown here but left to it. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const menus = [
    fileMenu(options),
    { role: 'editMenu' } as const,
    viewMenu(options),
    chatMenu(options),
    helpMenu(options),
  ];
  return options.platform === 'darwin' ? [{ role: 'appMenu' }, ...menus] : menus;
}

function fileMenu({ platform, send }: MenuOptions): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      { label: 'New chat', accelerator: 'CmdOrCtrl+N', click: () => send('newChat') },
      { label: 'Open model…', accelerator: 'CmdOrCtrl+O', click: () => send('openModel') },
      { label: 'Models…', click: () => send('showModels') },
      { label: 'Open trace…', click: () => send('openTrace') },
      SEPARATOR,
      { label: 'Import chats…', click: () => send('importChats') },
      { label: 'Export all chats…', click: () => send('exportChats') },
      SEPARATOR,
      platform === 'darwin' ? { role: 'close' } : { role: 'quit', accelerator: 'CmdOrCtrl+Q' },
    ],
  };
}

function viewMenu({ development, send }: MenuOptions): MenuItemConstructorOptions {
  const forDevelopers: MenuItemConstructorOptions[] = [SEPARATOR, { role: 'reload' }, { role: 'toggleDevTools' }];
  return {
    label: '&View',
    submenu: [
      { label: 'Sidebar', accelerator: 'CmdOrCtrl+B', click: () => send('toggleSidebar') },
      { label: 'Memory panel', accelerator: 'CmdOrCtrl+M', click: () => send('toggleMemory') },
      SEPARATOR,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      SEPARATOR,
      { role: 'togglefullscreen' },
      ...(development ? forDevelopers : []),
    ],
  };
}

function chatMenu({ send }: MenuOptions): MenuItemConstructorOptions {
  return {
    label: '&Chat',
    submenu: [
      {
        label: 'Write a message',
        accelerator: 'Shift+Esc',
        registerAccelerator: false,
        click: () => send('focusInput'),
      },
      { label: 'Stop the answer', accelerator: 'Esc', registerAccelerator: false, click: () => send('stop') },
    ],
  };
}

function helpMenu({ platform, openLog }: MenuOptions): MenuItemConstructorOptions {
  const about: MenuItemConstructorOptions[] = platform === 'darwin' ? [] : [SEPARATOR, { role: 'about' }];
  return { role: 'help', label: '&Help', submenu: [{ label: 'Open the log', click: openLog }, ...about] };
}
