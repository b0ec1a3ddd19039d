type Group = 'Writing' | 'Chat' | 'Window';

interface Shortcut {
  /** Mod is Ctrl, or ⌘ on a Mac. */
  keys: string;
  /** On a Mac instead. */
  macKeys?: string;
  words: string;
  group: Group;
  /** Who acts on it: the page's listener, the field that has the focus, or the system by the native menu. */
  by: 'page' | 'field' | 'menu';
}

/** All keys: the page's listener, the native menus and the sheet of keys read them here. */
export const SHORTCUTS = {
  send: { keys: 'Enter', words: 'Send', group: 'Writing', by: 'field' },
  newLine: { keys: 'Shift+Enter', words: 'New line', group: 'Writing', by: 'field' },
  focusInput: { keys: 'Shift+Esc', words: 'Write a message', group: 'Writing', by: 'page' },
  stop: { keys: 'Esc', words: 'Stop the answer, or close what is open', group: 'Writing', by: 'page' },
  newChat: { keys: 'Mod+N', words: 'New chat', group: 'Chat', by: 'page' },
  openPalette: { keys: 'Mod+K', words: 'Find a chat or a command', group: 'Chat', by: 'page' },
  searchChats: { keys: 'Mod+Shift+F', words: 'Search chats', group: 'Chat', by: 'page' },
  find: { keys: 'Mod+F', words: 'Find in chat', group: 'Chat', by: 'page' },
  pin: { keys: 'Mod+Shift+P', words: 'Pin the selection or message', group: 'Chat', by: 'page' },
  toggleSurvival: { keys: 'Mod+Shift+M', words: 'What the model still holds', group: 'Chat', by: 'page' },
  openChatTab: { keys: 'Mod+I', words: 'This chat: system prompt, sampling', group: 'Chat', by: 'page' },
  openModelMenu: { keys: 'Mod+L', words: 'Choose a model', group: 'Chat', by: 'page' },
  openModel: { keys: 'Mod+O', words: 'Open a model file…', group: 'Chat', by: 'page' },
  toggleSidebar: { keys: 'Mod+B', words: 'Sidebar', group: 'Window', by: 'page' },
  togglePanel: { keys: 'Mod+M', words: 'Memory panel', group: 'Window', by: 'page' },
  openSettings: { keys: 'Mod+,', words: 'Settings', group: 'Window', by: 'page' },
  showKeys: { keys: 'Mod+/', words: 'Keyboard shortcuts', group: 'Window', by: 'page' },
  zoomIn: { keys: 'Mod+Plus', words: 'Larger', group: 'Window', by: 'menu' },
  zoomOut: { keys: 'Mod+-', words: 'Smaller', group: 'Window', by: 'menu' },
  resetZoom: { keys: 'Mod+0', words: 'Actual size', group: 'Window', by: 'menu' },
  fullScreen: { keys: 'F11', macKeys: 'Ctrl+Mod+F', words: 'Full screen', group: 'Window', by: 'menu' },
  closeWindow: { keys: 'Mod+W', words: 'Close the window', group: 'Window', by: 'menu' },
  quit: { keys: 'Mod+Q', words: 'Quit', group: 'Window', by: 'menu' },
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
export const SHORTCUT_GROUPS = ['Writing', 'Chat', 'Window'] as const satisfies readonly Group[];

export function keysFor(name: ShortcutName, isMac: boolean): string {
  const { keys, macKeys }: Shortcut = SHORTCUTS[name];
  return (isMac && macKeys) || keys;
}

/** As Electron's menus name it. */
export function acceleratorFor(name: ShortcutName, isMac: boolean): string {
  return keysFor(name, isMac).replace('Mod', 'CmdOrCtrl');
}
