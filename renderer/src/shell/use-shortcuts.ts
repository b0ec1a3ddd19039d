import { useEffect } from 'react';
import { FIND_ID } from '../find/FindBar.js';
import { MODEL_PICKER_ID } from '../model/ModelPicker.js';
import { pinHere } from '../pins/pin-here.js';
import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { IS_MAC, type Shortcut, shortcutOf } from './keys.js';

const RUN: Readonly<Record<Shortcut, () => void>> = {
  newChat: () => actions.newChat(),
  toggleSidebar: () => actions.toggleSidebar(),
  toggleSurvival: () => actions.toggleSurvival(),
  pin: pinHere,
  find,
  togglePanel: () => actions.togglePanel(),
  openModelMenu: () => document.getElementById(MODEL_PICKER_ID)?.click(),
  openSettings: () => actions.showPanelTab('settings'),
  stop: leave,
  focusInput: () => actions.focusInput(),
};

/** Once more: what is looked for can be written anew. */
function find(): void {
  actions.openFind();
  const input = document.getElementById(FIND_ID);
  if (input instanceof HTMLInputElement) input.select();
}

/** A list of choices stays in the page after it was closed. */
function isListOpen(): boolean {
  return [...document.querySelectorAll('[role=listbox]')].some((list) => list.checkVisibility());
}

/** Esc goes back to now, closes what is laid over the chat, or stops. */
function leave(): void {
  const { overlay, moment, finding } = appStore.getState();
  if (finding && !overlay) actions.closeFind();
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
