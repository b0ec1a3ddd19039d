import { useEffect } from 'react';
import { MODEL_PICKER_ID } from '../model/ModelPicker.js';
import { actions } from '../store/window-actions.js';
import { IS_MAC, type Shortcut, shortcutOf } from './keys.js';

const RUN: Readonly<Record<Shortcut, () => void>> = {
  newChat: () => actions.newChat(),
  toggleSidebar: () => actions.toggleSidebar(),
  togglePanel: () => actions.togglePanel(),
  openModelMenu: () => document.getElementById(MODEL_PICKER_ID)?.click(),
  openSettings: () => actions.showPanelTab('settings'),
  stop: () => actions.stop(),
  focusInput: () => actions.focusInput(),
};

/** The window's keys. What something on top has taken (Esc in a menu) does not count. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const shortcut = shortcutOf(event, IS_MAC);
      if (!shortcut) return;
      if (shortcut === 'stop' && document.querySelector('[data-popup-open], .overlay')) return;
      event.preventDefault();
      RUN[shortcut]();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
