import { useEffect } from 'react';
import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';

/** While an answer is written, what is shown is asked for anew so often. */
const REFRESH_MS = 1000;

/** Asks which layers hold which tokens: at once, when an answer begins or ends, and now and then while it is written. */
export function useFreshMemory(): void {
  useEffect(() => {
    actions.inspectMemory();
    const stop = appStore.subscribe((state, before) => {
      if (state.running !== before.running) actions.inspectMemory();
    });
    const timer = setInterval(() => appStore.getState().running && actions.inspectMemory(), REFRESH_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
}
