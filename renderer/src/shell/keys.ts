import { keysFor, type PageShortcut, SHORTCUTS, type ShortcutName } from '../../../electron/ipc/shortcuts.js';
import { t } from '../words.js';

type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const isPageShortcut = (name: ShortcutName): name is PageShortcut => SHORTCUTS[name].by === 'page';
const PAGE_SHORTCUTS = (Object.keys(SHORTCUTS) as ShortcutName[]).filter(isPageShortcut);

/** What a key press asks for, or null. */
export function shortcutOf(event: Keys, isMac: boolean): PageShortcut | null {
  const pressed = pressedKeys(event, isMac);
  return PAGE_SHORTCUTS.find((name) => keysFor(name, isMac) === pressed) ?? null;
}

/** As the table of shortcuts writes it. */
export function pressedKeys(event: Keys, isMac: boolean): string {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  const key = keyName(event);
  // A sign may need Shift to be written, or not, as the keyboard has it.
  const hasShift = shiftKey && (/^[A-Z0-9]$/.test(key) || key.length > 1);
  const held = [
    [isMac ? ctrlKey : metaKey, isMac ? 'Ctrl' : 'Super'],
    [isMac ? metaKey : ctrlKey, 'Mod'],
    [altKey, 'Alt'],
    [hasShift, 'Shift'],
  ] as const;
  return [...held.flatMap(([isHeld, name]) => (isHeld ? [name] : [])), key].join('+');
}

/** Letters by what is written on the key in Latin, where a keyboard writes another script. */
function keyName({ key, code }: Keys): string {
  if (key === 'Escape') return 'Esc';
  if (key === ' ') return 'Space';
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter && !/^[a-z]$/i.test(key)) return letter;
  return key.length === 1 ? key.toUpperCase() : key;
}

export const IS_MAC = navigator.platform.startsWith('Mac');

const ON_MAC: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Ctrl: '⌃', Alt: '⌥' };
const SIGNS: Readonly<Record<string, string>> = { Plus: '+', '-': '−' };
const NAMES = {
  Mod: 'ctrl',
  Ctrl: 'ctrl',
  Shift: 'shift',
  Alt: 'alt',
  Super: 'super',
  Enter: 'enter',
  Esc: 'esc',
  Space: 'space',
} as const;
const hasName = (key: string): key is keyof typeof NAMES => key in NAMES;

/** What is printed on it, on a keyboard of the language's. */
function capOf(key: string, isMac: boolean): string {
  if (isMac && key in ON_MAC) return ON_MAC[key];
  return SIGNS[key] ?? (hasName(key) ? t(`shell.keyNames.${NAMES[key]}`) : key);
}

function capsOf(keys: string, isMac: boolean): string[] {
  return keys.split('+').map((key) => capOf(key, isMac));
}

/** The keys of a shortcut, one by one, as they are written on them. */
export function keyCaps(name: ShortcutName, isMac = IS_MAC): string[] {
  return capsOf(keysFor(name, isMac), isMac);
}

/** Keys in the table's words: "Ctrl N", or "⌘N" on a Mac. */
export function writtenKeys(keys: string, isMac = IS_MAC): string {
  return capsOf(keys, isMac).join(isMac ? '' : ' ');
}

export function keysOf(name: ShortcutName, isMac = IS_MAC): string {
  return writtenKeys(keysFor(name, isMac), isMac);
}
