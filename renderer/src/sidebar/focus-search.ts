import { actions } from '../store/window-actions.js';

export const SEARCH_ID = 'chat-search';

/** Shows the sidebar, if need be, and goes to its search. */
export function focusSearch(): void {
  actions.show('sidebar');
  const focus = () => document.getElementById(SEARCH_ID)?.focus();
  // At once, so that no letter typed meanwhile lands elsewhere; or when the sidebar is drawn.
  focus();
  if (document.activeElement?.id !== SEARCH_ID) requestAnimationFrame(focus);
}
