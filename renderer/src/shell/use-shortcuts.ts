import { useEffect } from 'react';
import { MODEL_PICKER_ID } from '../model/ModelPicker.js';
import { pinHere } from '../pins/pin-here.js';
import { focusSearch } from '../sidebar/focus-search.js';
import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { IS_MAC, type Shortcut, shortcutOf } from './keys.js';

const RUN: Readonly<Record<Shortcut, () => void>> = {
  newChat: () => actions.newChat(),
  toggleSidebar: () => actions.toggleSidebar(),
  toggleSurvival: () => actions.toggleSurvival(),
  pin: pinHere,
  togglePanel: () => actions.togglePanel(),
  search: focusSearch,
  openModelMenu: () => document.getElementById(MODEL_PICKER_ID)?.click(),
  openSettings: () => actions.showPanelTab('settings'),
  stop: leave,
  focusInput: () => actions.focusInput(),
};

/** A list of choices stays in the page after it was closed. */
function isListOpen(): boolean {
  return [...document.querySelectorAll('[role=listbox]')].some((list) => list.checkVisibility());
}

/** Esc ends a change that was begun, goes back to now, closes what is laid over the chat, or stops. */
function leave(): void {
  const { overlay, moment, editingId } = appStore.getState();
  if (editingId !== null) actions.cancelEdit();
  else if (moment !== null) actions.backToNow();
  else if (overlay) actions.hide(overlay);
  else actions.stop();
}

/** The window's keys. An open list or card sees to Esc itself. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const shortcut = shortcutOf(event, IS_MAC);
      if (!shortcut) return;
      const { overlay } = appStore.getState();
      const isEscape = shortcut === 'stop';
      if (isEscape && isListOpen()) return;
      if (isEscape && !overlay && document.querySelector('[role=dialog]')) return;
      event.preventDefault();
      RUN[shortcut]();
    };
    // Before everything else: a tooltip would keep Esc to itself.
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
}
