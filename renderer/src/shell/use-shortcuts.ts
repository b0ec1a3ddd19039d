import { useEffect } from 'react';
import { appStore } from '../store/store.js';
import { onMenuCommand } from '../store/window-actions.js';
import { runCommand } from './commands.js';
import { IS_MAC, shortcutOf } from './keys.js';

/** A list of choices stays in the page after it was closed. */
function isListOpen(): boolean {
  return [...document.querySelectorAll('[role=listbox]')].some((list) => list.checkVisibility());
}

/** A field in which keys are chosen by pressing them. */
function takesKeys(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.dataset.takesKeys !== undefined;
}

/** The window's keys, and what is chosen in the native menus. An open list or card sees to Esc itself. */
export function useShortcuts(): void {
  useEffect(() => onMenuCommand(runCommand), []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || takesKeys(event.target)) return;
      const shortcut = shortcutOf(event, IS_MAC);
      if (!shortcut) return;
      const { overlay, dialog, isQuick } = appStore.getState();
      // In the whole window the message box has this key.
      if (shortcut === 'openWhole' && !isQuick) return;
      const isEscape = shortcut === 'stop';
      if (isEscape && isListOpen()) return;
      if (isEscape && !overlay && !dialog && document.querySelector('[role=dialog]')) return;
      event.preventDefault();
      runCommand(shortcut);
    };
    // Before everything else: a tooltip would keep Esc to itself.
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
}
