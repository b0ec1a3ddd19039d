import { beforeEach, expect, it } from 'vitest';
import type { CatalogView, LibraryModel, ModelsView } from '../../../electron/ipc/model-contract.js';
import { CallError } from '../bridge.js';
import type { ModelBridge } from './model-bridge.js';
import { CATALOG, createModelsActions, HUB, type ModelsActions } from './models-actions.js';
import { createModelsStore, type ModelsStore } from './models-store.js';

const bundled: LibraryModel = {
  id: 'bundled',
  path: '/bundled.gguf',
  kind: 'file',
  place: 'bundled',
  bytes: 4,
  verified: null,
  hash: null,
  device: 'cpu',
};
const view = (...library: LibraryModel[]): ModelsView => ({ library: [bundled, ...library], downloads: [], hub: 'h' });
const came: LibraryModel = { ...bundled, id: 'a', path: '/app/a.gguf', place: 'app', verified: 'hub' };
const CATALOG_VIEW: CatalogView = { models: [], memory: { freeBytes: 1, totalBytes: 2 } };

let store: ModelsStore;
let actions: ModelsActions;
let calls: [string, unknown?][];
let failure: CallError | null;
let answerCatalog: (contextTokens: number) => Promise<CatalogView>;

beforeEach(() => {
  store = createModelsStore();
  calls = [];
  failure = null;
  answerCatalog = async () => CATALOG_VIEW;
  const record = (name: string) => async (input?: unknown) => {
    calls.push([name, input]);
    if (failure) throw failure;
  };
  const bridge: ModelBridge = {
    models: async () => view(),
    readCatalog: (contextTokens) => answerCatalog(contextTokens),
    startDownload: record('start'),
    pauseDownload: record('pause'),
    cancelDownload: record('cancel'),
    removeModel: record('remove'),
    locateModel: async (id) => {
      await record('locate')(id);
      return true;
    },
    copyModel: record('copy'),
    setHub: record('hub'),
    onModels: () => () => undefined,
  };
  actions = createModelsActions(store, bridge);
});

it('each thing is asked of main by its id', async () => {
  await actions.download('a');
  await actions.pause('a');
  await actions.cancel('a');
  await actions.remove('b');
  await actions.locate('b');
  expect(calls.map(([name, id]) => `${name} ${String(id)}`)).toEqual([
    'start a',
    'pause a',
    'cancel a',
    'remove b',
    'locate b',
  ]);
});

it('what failed is told beside what it is about, until it is tried again, or the list is closed', async () => {
  failure = new CallError({ code: 'DOWNLOAD_REFUSED', message: 'no' });
  await actions.download('a');
  expect(store.getState().failure).toMatchObject({ about: 'a', error: { code: 'DOWNLOAD_REFUSED' } });
  failure = null;
  await actions.readCatalog();
  expect(store.getState().failure?.about).toBe('a');
  await actions.download('a');
  expect(store.getState().failure).toBeNull();
  failure = new CallError({ code: 'DOWNLOAD_REFUSED', message: 'no' });
  await actions.download('a');
  actions.close();
  expect(store.getState().failure).toBeNull();
});

it('a model that has arrived and is removed is no longer announced', async () => {
  actions.show(view(came));
  actions.show(view({ ...came, id: 'c', path: '/app/c.gguf' }, came));
  actions.show(view(came));
  expect(store.getState().arrived).toBeNull();
});

it('a model that was downloaded is announced; one that was here, or that was opened, is not', async () => {
  actions.show(view(came));
  expect(store.getState().arrived).toBeNull();
  actions.show(view({ ...came, id: 'b', path: '/home/b.gguf', verified: null }, came));
  expect(store.getState().arrived).toBeNull();
  actions.show(view({ ...came, id: 'c', path: '/app/c.gguf' }, came));
  expect(store.getState().arrived).toBe('/app/c.gguf');
  actions.closeArrived();
  actions.show(view(came));
  expect(store.getState().arrived).toBeNull();
});

it('of two contexts, the one that was chosen last counts, whichever answer comes first', async () => {
  const answers: Record<number, (catalog: CatalogView) => void> = {};
  answerCatalog = (contextTokens) =>
    new Promise((resolve) => {
      answers[contextTokens] = resolve;
    });
  actions.chooseContext(2048);
  actions.chooseContext(32_768);
  const late = { ...CATALOG_VIEW, memory: { freeBytes: 9, totalBytes: 9 } };
  answers[32_768](CATALOG_VIEW);
  answers[2048](late);
  await new Promise((resolve) => setTimeout(resolve));
  expect(store.getState()).toMatchObject({ contextTokens: 32_768, catalog: CATALOG_VIEW });
});

it('a catalog that cannot be read says so', async () => {
  answerCatalog = () => Promise.reject(new Error('gone'));
  await actions.readCatalog();
  expect(store.getState().failure).toMatchObject({ about: CATALOG, error: { code: 'INTERNAL', message: 'gone' } });
});

it('while a model is copied, that is known', async () => {
  const copied = actions.copy('a');
  expect(store.getState().copying).toEqual(['a']);
  failure = new CallError({ code: 'IMPORT_DISK_FULL', message: 'full' });
  await copied;
  expect(store.getState()).toMatchObject({ copying: [], failure: null });
});

it('an address that is not taken stays to be mended', async () => {
  expect(await actions.setHub('https://hub.example')).toBe(true);
  failure = new CallError({ code: 'DOWNLOAD_ADDRESS_INVALID', message: 'no' });
  expect(await actions.setHub('nonsense')).toBe(false);
  expect(store.getState().failure?.about).toBe(HUB);
});
