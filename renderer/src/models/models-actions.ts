import type { ModelsView } from '../../../electron/ipc/model-contract.js';
import { toErrorShape } from '../bridge.js';
import type { ModelBridge } from './model-bridge.js';
import { type ModelsPage, type ModelsStore, openModels } from './models-store.js';

/** Calls that fail for the hub's address, or for the catalog, are told of beside these. */
export const HUB = 'hub';
export const CATALOG = 'catalog';

/** All that the window does about models but loading them. */
export function createModelsActions(store: ModelsStore, bridge: ModelBridge) {
  async function attempt<T>(about: string, call: () => Promise<T>): Promise<T | null> {
    // What failed elsewhere stays to be read.
    store.setState(({ failure }) => ({ failure: failure?.about === about ? null : failure }));
    try {
      return await call();
    } catch (thrown) {
      store.setState({ failure: { about, error: toErrorShape(thrown) } });
      return null;
    }
  }

  const actions = {
    open: openModels,
    close: () => store.setState({ page: null, failure: null }),
    showPage: (page: ModelsPage) => store.setState({ page }),
    /** What was told, by main or in an answer. */
    show(view: ModelsView): void {
      const { view: before, arrived } = store.getState();
      const known = new Set(before?.library.map(({ path }) => path));
      const came = before && view.library.find(({ path, verified }) => verified !== null && !known.has(path));
      const stays = view.library.some(({ path }) => path === arrived);
      store.setState({ view, arrived: came?.path ?? (stays ? arrived : null) });
    },
    readModels: () => attempt('', async () => actions.show(await bridge.models())),
    async readCatalog(): Promise<void> {
      const { contextTokens } = store.getState();
      const catalog = await attempt(CATALOG, () => bridge.readCatalog(contextTokens));
      // Another context may have been chosen meanwhile.
      if (catalog && store.getState().contextTokens === contextTokens) store.setState({ catalog });
    },
    chooseContext(contextTokens: number): void {
      store.setState({ contextTokens });
      void actions.readCatalog();
    },
    download: (id: string) => attempt(id, () => bridge.startDownload(id)),
    pause: (id: string) => attempt(id, () => bridge.pauseDownload(id)),
    cancel: (id: string) => attempt(id, () => bridge.cancelDownload(id)),
    remove: (id: string) => attempt(id, () => bridge.removeModel(id)),
    locate: (id: string) => attempt(id, () => bridge.locateModel(id)),
    async copy(id: string): Promise<void> {
      store.setState(({ copying }) => ({ copying: [...copying, id] }));
      await attempt(id, () => bridge.copyModel(id));
      store.setState(({ copying }) => ({ copying: copying.filter((each) => each !== id) }));
    },
    /** @returns whether it was taken */
    async setHub(address: string | null): Promise<boolean> {
      const taken = await attempt(HUB, async () => {
        await bridge.setHub(address);
        return true;
      });
      return taken !== null;
    },
    closeArrived: () => store.setState({ arrived: null }),
  };
  return actions;
}

export type ModelsActions = ReturnType<typeof createModelsActions>;
