import { isEngineAtWork } from '../store/comparison.js';
import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { createModelBridge } from './model-bridge.js';
import { createModelsActions, type ModelsActions } from './models-actions.js';
import { modelsStore } from './models-store.js';

const bridge = createModelBridge(window.pyramid);

export const modelsActions: ModelsActions = createModelsActions(modelsStore, bridge);

/** Loads a model, unless that would end what the engine does. */
export function loadUnlessBusy(path: string): void {
  if (!isEngineAtWork(appStore.getState())) {
    void actions.loadModel(path);
    return;
  }
  appStore.setState({
    modelCallError: {
      code: 'ENGINE_BUSY',
      message: 'Stop the answer or the comparison first, then load the model.',
    },
  });
}

/** Ties the store of models to the preload's bridge. */
export function connectModels(): void {
  bridge.onModels(modelsActions.show);
  void modelsActions.readModels();
  modelsStore.subscribe((state, before) => {
    if (state.page === 'catalog' && before.page !== 'catalog') void modelsActions.readCatalog();
  });
  // What a model takes depends on the compression, and on whether there is an engine to say it.
  appStore.subscribe((state, before) => {
    const differs = state.compression !== before.compression || state.model.state !== before.model.state;
    if (differs && modelsStore.getState().page === 'catalog') void modelsActions.readCatalog();
  });
}
