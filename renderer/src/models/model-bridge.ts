import type { PyramidBridge } from '../../../electron/ipc/bridge.js';
import type { ModelsView } from '../../../electron/ipc/model-contract.js';
import { unwrap } from '../bridge.js';

/** The preload script's calls about models, throwing CallError where they fail. */
export function createModelBridge(pyramid: PyramidBridge) {
  return {
    models: () => unwrap(pyramid.models()),
    readCatalog: (contextTokens: number) => unwrap(pyramid.readCatalog({ contextTokens })),
    startDownload: (id: string) => unwrap<void>(pyramid.startDownload({ id })),
    pauseDownload: (id: string) => unwrap<void>(pyramid.pauseDownload({ id })),
    cancelDownload: (id: string) => unwrap<void>(pyramid.cancelDownload({ id })),
    removeModel: (id: string) => unwrap<void>(pyramid.removeModel({ id })),
    locateModel: (id: string) => unwrap(pyramid.locateModel({ id })),
    copyModel: (id: string) => unwrap<void>(pyramid.copyModel({ id })),
    setHub: (address: string | null) => unwrap<void>(pyramid.setHub({ address })),
    onModels: (listener: (view: ModelsView) => void) => pyramid.onModels(listener),
  };
}

export type ModelBridge = ReturnType<typeof createModelBridge>;
