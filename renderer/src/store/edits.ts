import type { AppState } from './state.js';

/** A message of the user that is being changed in its chat. */
export interface Edit {
  messageId: string;
  /** What was made of it so far; null: nothing yet. */
  text: string | null;
}

/** Of the chat at hand. */
export const currentEdit = ({ edits, currentChatId }: AppState): Edit | null => edits[currentChatId] ?? null;

export function editing(state: AppState, edit: Edit | null): AppState {
  return { ...state, edits: { ...state.edits, [state.currentChatId]: edit } };
}
