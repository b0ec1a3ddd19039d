import type { WebContents } from 'electron';
import { t } from '../../../locales/words.js';
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
      const path = await chooseModelPath(isFolder ? 'folder' : 'file', page);
      if (path !== null) engine.moved(await models.library.locate(id, path));
      return path !== null;
    },
    copyModel: async ({ id }) => engine.moved(await models.library.copy(id)),
    setDevice: async ({ device }) => {
      const path = engine.modelPath;
      if (path === null) return;
      const kept = models.library.setDevice(path, device);
      engine.loadModel(path);
      await kept;
    },
    setHub: ({ address }) => models.setHub(address),
  };
}

export function chooseModelPath(kind: 'file' | 'folder', page: WebContents): Promise<string | null> {
  if (kind === 'folder') {
    return chooseOpenPath(page, { title: t('main.dialogs.openFolder'), properties: ['openDirectory'] });
  }
  return chooseOpenPath(page, {
    title: t('main.dialogs.openModel'),
    properties: ['openFile'],
    filters: [{ name: t('main.dialogs.modelFiles'), extensions: ['gguf'] }],
  });
}
