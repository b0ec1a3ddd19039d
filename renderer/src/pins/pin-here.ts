import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { elementOf, messageAround, selectedText } from './selected-text.js';

/** Pins what is selected; else pins the message that has the focus, or the user's last one in sight, or lets go of it. */
export function pinHere(): void {
  const selected = selectedText();
  if (selected) {
    actions.pinRange(selected.id, selected.range);
    return;
  }
  const id = messageAround(document.activeElement)?.dataset.message ?? lastQuestion();
  // In a comparison's or a replay's place, no message of the chat is seen.
  if (id !== undefined && elementOf(id)) togglePin(id);
}

export function togglePin(id: string): void {
  if (appStore.getState().pins[id]) actions.unpin(id);
  else actions.pin(id);
}

function lastQuestion(): string | undefined {
  const { chats, currentChatId, messages } = appStore.getState();
  return chats[currentChatId].messageIds.findLast((id) => messages[id]?.role === 'user');
}
