import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { SYSTEM_PROMPT_ID } from './SystemPrompt.js';

/** Shows what the chat at hand sets for itself, ready to be written in. */
export function openChatTab(): void {
  actions.showPanelTab('chat');
  // Once it is drawn, and whatever laid the panel over the chat has taken the focus.
  setTimeout(() => document.getElementById(SYSTEM_PROMPT_ID)?.focus());
}

/** A side that is laid over the chat would take the keys of the window of assistants. */
export function openAssistants(): void {
  const { overlay } = appStore.getState();
  if (overlay) actions.hide(overlay);
  actions.toggleDialog('assistants');
}
