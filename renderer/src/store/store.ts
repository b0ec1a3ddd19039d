import { useStore } from 'zustand';
import { subscribeWithSelector } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { type AppState, initialState } from './state.js';

export function createAppStore(firstChatId: string) {
  return createStore<AppState>()(subscribeWithSelector(() => initialState(firstChatId)));
}

export type AppStore = ReturnType<typeof createAppStore>;

/** The one store of this window. */
export const appStore: AppStore = createAppStore(crypto.randomUUID());

/** Reads one narrow part of the state. */
export function useApp<T>(selector: (state: AppState) => T): T {
  return useStore(appStore, selector);
}
