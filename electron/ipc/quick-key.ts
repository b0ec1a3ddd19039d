import { keysFor, SHORTCUTS, type ShortcutName } from './shortcuts.js';

/** Keys that act whatever program has the focus: Shift alone would be missed in writing. */
export const QUICK_KEY =
  /^(?=.*(?:Mod|Ctrl|Alt|Super)\+)(?:(?:Mod|Ctrl|Alt|Shift|Super)\+){1,4}(?:[A-Z0-9]|F\d{1,2}|Space)$/;

export const USUAL_QUICK_KEY = 'Mod+Shift+Space';

/** What of this app has the same keys; null: nothing. */
export function ownUseOf(keys: string, isMac: boolean): ShortcutName | null {
  const names = Object.keys(SHORTCUTS) as ShortcutName[];
  return names.find((each) => keysFor(each, isMac) === keys) ?? null;
}
