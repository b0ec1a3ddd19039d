/** The keys of the window. Mod is Ctrl, or ⌘ on a Mac. */
export type Shortcut =
  | 'newChat'
  | 'toggleSidebar'
  | 'togglePanel'
  | 'toggleSurvival'
  | 'pin'
  | 'openModelMenu'
  | 'search'
  | 'openSettings'
  | 'stop'
  | 'focusInput';

const WITH_MOD: Readonly<Record<string, Shortcut>> = {
  n: 'newChat',
  k: 'search',
  b: 'toggleSidebar',
  m: 'togglePanel',
  l: 'openModelMenu',
  ',': 'openSettings',
};

const WITH_MOD_SHIFT: Readonly<Record<string, Shortcut>> = { m: 'toggleSurvival', p: 'pin' };

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** What a key press asks for, or null. */
export function shortcutOf(event: Keys, isMac: boolean): Shortcut | null {
  if (event.key === 'Escape' && !event.altKey && !event.ctrlKey && !event.metaKey) {
    return event.shiftKey ? 'focusInput' : 'stop';
  }
  const mod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!mod || event.altKey) return null;
  return (event.shiftKey ? WITH_MOD_SHIFT : WITH_MOD)[event.key.toLowerCase()] ?? null;
}

export const IS_MAC = navigator.platform.startsWith('Mac');

/** "Ctrl N", or "⌘N" on a Mac. */
export function modKeys(key: string): string {
  return IS_MAC ? `⌘${key}` : `Ctrl ${key}`;
}
