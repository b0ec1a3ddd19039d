import type { AppStore } from './store.js';

/** The bar that finds a text in the chat. */
export function createFinding(store: AppStore, focusInput: () => void) {
  return {
    openFind: () => store.setState({ finding: true }),
    closeFind(): void {
      store.setState({ finding: false });
      focusInput();
    },
  };
}
