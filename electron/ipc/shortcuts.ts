type Group = 'writing' | 'chat' | 'window';

interface Shortcut {
  /** Mod is Ctrl, or ⌘ on a Mac. */
  keys: string;
  /** On a Mac instead. */
  macKeys?: string;
  group: Group;
  /** Who acts on it: the page's listener, the field that has the focus, or the system by the native menu. */
  by: 'page' | 'field' | 'menu';
}

/** All keys: the page's listener, the native menus and the sheet of keys read them here. Words: `shell.shortcuts`. */
export const SHORTCUTS = {
  send: { keys: 'Enter', group: 'writing', by: 'field' },
  newLine: { keys: 'Shift+Enter', group: 'writing', by: 'field' },
  focusInput: { keys: 'Shift+Esc', group: 'writing', by: 'page' },
  stop: { keys: 'Esc', group: 'writing', by: 'page' },
  newChat: { keys: 'Mod+N', group: 'chat', by: 'page' },
  openPalette: { keys: 'Mod+K', group: 'chat', by: 'page' },
  searchChats: { keys: 'Mod+Shift+F', group: 'chat', by: 'page' },
  find: { keys: 'Mod+F', group: 'chat', by: 'page' },
  pin: { keys: 'Mod+Shift+P', group: 'chat', by: 'page' },
  toggleSurvival: { keys: 'Mod+Shift+M', group: 'chat', by: 'page' },
  openChatTab: { keys: 'Mod+I', group: 'chat', by: 'page' },
  openModelMenu: { keys: 'Mod+L', group: 'chat', by: 'page' },
  openModel: { keys: 'Mod+O', group: 'chat', by: 'page' },
  toggleSidebar: { keys: 'Mod+B', group: 'window', by: 'page' },
  togglePanel: { keys: 'Mod+M', group: 'window', by: 'page' },
  openWhole: { keys: 'Mod+Enter', group: 'window', by: 'page' },
  openSettings: { keys: 'Mod+,', group: 'window', by: 'page' },
  showKeys: { keys: 'Mod+/', group: 'window', by: 'page' },
  zoomIn: { keys: 'Mod+Plus', group: 'window', by: 'menu' },
  zoomOut: { keys: 'Mod+-', group: 'window', by: 'menu' },
  resetZoom: { keys: 'Mod+0', group: 'window', by: 'menu' },
  fullScreen: { keys: 'F11', macKeys: 'Ctrl+Mod+F', group: 'window', by: 'menu' },
  closeWindow: { keys: 'Mod+W', group: 'window', by: 'menu' },
  quit: { keys: 'Mod+Q', group: 'window', by: 'menu' },
} as const satisfies Record<string, Shortcut>;

export type ShortcutName = keyof typeof SHORTCUTS;
export type PageShortcut = {
  [N in ShortcutName]: (typeof SHORTCUTS)[N]['by'] extends 'page' ? N : never;
}[ShortcutName];

/** What the native menus ask of the window: what has keys, and what has none. */
export type MenuCommand =
  | PageShortcut
  | 'exportChats'
  | 'importChats'
  | 'showAssistants'
  | 'showModels'
  | 'openTrace'
  | 'toggleComparison';

/** In the order in which they are shown. */
export const SHORTCUT_GROUPS = ['writing', 'chat', 'window'] as const satisfies readonly Group[];

export function keysFor(name: ShortcutName, isMac: boolean): string {
  const { keys, macKeys }: Shortcut = SHORTCUTS[name];
  return (isMac && macKeys) || keys;
}

/** As Electron's menus name it. */
export function acceleratorFor(name: ShortcutName, isMac: boolean): string {
  return keysFor(name, isMac).replace('Mod', 'CmdOrCtrl');
}
