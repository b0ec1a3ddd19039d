import { useEffect } from 'react';
import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** While an answer is written, what is shown is asked for anew so often. */
const REFRESH_MS = 1000;

/** Asks which layers hold which tokens: at once, and now and then while an answer is written; at its end it is told. */
export function useFreshMemory(): void {
  useEffect(() => {
    actions.inspectMemory();
    const timer = setInterval(() => appStore.getState().running && actions.inspectMemory(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
}
