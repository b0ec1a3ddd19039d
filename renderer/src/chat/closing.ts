import { actions } from '../store/window-actions.js';

/** Closes what had the focus, which then goes to the side that lies over the chat, or to the message box. */
export function closing(close: () => void): () => void {
  return () => {
    close();
    const over = document.querySelector<HTMLElement>('.overlay');
    if (over) over.focus();
    else actions.focusInput();
  };
}
