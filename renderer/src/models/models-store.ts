import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CatalogView, ModelsView } from '../../../electron/ipc/model-contract.js';
import type { EngineErrorShape } from '../../../engine/errors.js';

export type ModelsPage = 'library' | 'catalog';

export interface ModelsState {
  /** What is shown; null: the window of models is closed. */
  page: ModelsPage | null;
  /** null until main has told. */
  view: ModelsView | null;
  catalog: CatalogView | null;
  /** For a context of so many tokens the catalog says what each model takes. */
  contextTokens: number;
  /** A call that failed. `about`: the model or download, or one of the places that ask. */
  failure: { about: string; error: EngineErrorShape } | null;
  /** Being copied. */
  copying: readonly string[];
  /** The path of what was downloaded last, until it is loaded or the message is closed. */
  arrived: string | null;
}

export const CONTEXTS = [2048, 8192, 32_768] as const;

export function createModelsStore() {
  return createStore<ModelsState>()(() => ({
    page: null,
    view: null,
    catalog: null,
    contextTokens: CONTEXTS[1],
    failure: null,
    copying: [],
    arrived: null,
  }));
}

export type ModelsStore = ReturnType<typeof createModelsStore>;

export const modelsStore: ModelsStore = createModelsStore();

export function useModels<T>(selector: (state: ModelsState) => T): T {
  return useStore(modelsStore, selector);
}

export function openModels(page: ModelsPage): void {
  modelsStore.setState({ page, failure: null });
}
