import type { WebContents } from 'electron';
import type { modelContract } from '../../ipc/model-contract.js';
import type { EngineHost } from '../engine-host.js';
import { chooseOpenPath } from '../file-dialogs.js';
import type { Handlers } from '../validated-ipc.js';
import type { ModelService } from './model-service.js';

/** What each call of the models' contract does. */
export function createModelHandlers(
  models: ModelService,
  engine: EngineHost,
): Pick<Handlers<WebContents>, keyof typeof modelContract> {
  return {
    models: () => models.view(),
    readCatalog: (input) => models.catalog(input, engine),
    startDownload: ({ id }) => models.start(id),
    pauseDownload: ({ id }) => models.pause(id),
    cancelDownload: ({ id }) => models.cancel(id),
    removeModel: ({ id }) => models.remove(id, engine.modelPath),
    locateModel: async ({ id }, page) => {
      const isFolder = (await models.library.list()).some((model) => model.id === id && model.kind === 'folder');
      const path = await chooseOpenPath(page, isFolder ? MODEL_FOLDER : MODEL_FILE);
      if (path !== null) engine.moved(await models.library.locate(id, path));
      return path !== null;
    },
    copyModel: async ({ id }) => engine.moved(await models.library.copy(id)),
    setHub: ({ address }) => models.setHub(address),
  };
}

export const MODEL_FILE: Electron.OpenDialogOptions = {
  title: 'Open a model',
  properties: ['openFile'],
  filters: [{ name: 'GGUF models', extensions: ['gguf'] }],
};
export const MODEL_FOLDER: Electron.OpenDialogOptions = {
  title: 'Open a folder with safetensors',
  properties: ['openDirectory'],
};
