import { appStore } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { droppedModel } from './dropped-model.js';
import { createModelBridge } from './model-bridge.js';
import { createModelsActions, type ModelsActions } from './models-actions.js';
import { modelsStore } from './models-store.js';

const bridge = createModelBridge(window.pyramid);

export const modelsActions: ModelsActions = createModelsActions(modelsStore, bridge);

/** Loads a model, unless an answer is being written: that would end it. */
export function loadUnlessBusy(path: string): void {
  if (appStore.getState().running === null) {
    void actions.loadModel(path);
    return;
  }
  const message = 'Stop the answer first, then load the model.';
  appStore.setState({ modelCallError: { code: 'ENGINE_BUSY', message } });
}

/** Ties the store of models to the preload's bridge, and to files that are dropped on the window. */
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
  window.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  window.addEventListener('drop', (event) => {
    const path = droppedModel(event.dataTransfer, (file) => window.pyramid.pathOfFile(file));
    if (path === null) return;
    event.preventDefault();
    loadUnlessBusy(path);
  });
}
