import { actions } from '../store/window-actions.js';

export const SEARCH_ID = 'chat-search';

/** Shows the sidebar, if need be, and goes to its search. */
export function focusSearch(): void {
  actions.show('sidebar');
  // The sidebar may have to be drawn first.
  requestAnimationFrame(() => document.getElementById(SEARCH_ID)?.focus());
}
