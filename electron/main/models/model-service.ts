import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../../engine/errors.js';
import type { CallInput, CallOutput } from '../../ipc/contract.js';
import type { ModelsView } from '../../ipc/model-contract.js';
import type { EngineHost } from '../engine-host.js';
import type { Settings } from '../settings.js';
import { catalogFile, catalogModels, catalogOutlines } from './catalog.js';
import { USUAL_TIMING } from './download.js';
import { Downloads } from './downloads.js';
import { checkHub, USUAL_HUB } from './hub-address.js';
import { ModelLibrary } from './library.js';
import { removeUnfinishedCopies } from './own-folder.js';
import { throttled } from './throttle.js';

interface ModelServiceOptions {
  userData: string;
  defaultModel: string;
  /** Where converted models are kept. */
  cacheFolder: string;
  /** Where the memories of chats are kept, in a folder for each model. */
  parkingFolder: string;
  /** Instead of the one in the settings. */
  hub: string | null;
  settings: () => Readonly<Settings>;
  saveSettings: (change: Partial<Settings>) => void;
  /** To every window. */
  show: (view: ModelsView) => void;
  onLog: (message: string) => void;
}

/** So often a download's progress is told at most. */
const UPDATE_MS = 250;

/** Library, catalog and downloads, as the window sees them. */
export class ModelService {
  readonly #options: ModelServiceOptions;
  readonly library: ModelLibrary;
  readonly #downloads: Downloads;

  constructor(options: ModelServiceOptions) {
    this.#options = options;
    const { userData, defaultModel, cacheFolder, parkingFolder, onLog } = options;
    const ownFolder = join(userData, 'model-files');
    const onChange = throttled(() => void this.view().then(options.show, (thrown) => onLog(String(thrown))), UPDATE_MS);
    const onDamaged = (keptAs: string) => onLog(`A file made no sense and was set aside as ${keptAs}.`);
    this.library = new ModelLibrary({
      file: join(userData, 'library.json'),
      defaultModel,
      ownFolder,
      cacheFolder,
      parkingFolder,
      onChange,
      onDamaged,
    });
    this.#downloads = new Downloads({
      file: join(userData, 'downloads.json'),
      ownFolder,
      hub: () => this.#hub,
      timing: USUAL_TIMING,
      onChange,
      onDone: (path, verified) => this.library.addDownloaded(path, verified),
      isKept: (path) => this.library.has(path),
      onLog,
      onDamaged,
    });
    removeUnfinishedCopies(ownFolder).catch((thrown: unknown) => onLog(String(thrown)));
  }

  get #hub(): string {
    return this.#options.hub ?? this.#options.settings().hub ?? USUAL_HUB;
  }

  async view(): Promise<ModelsView> {
    const [library, downloads] = await Promise.all([this.library.list(), this.#downloads.views()]);
    return { library, downloads, hub: this.#hub };
  }

  async catalog({ contextTokens }: CallInput<'readCatalog'>, engine: EngineHost): Promise<CallOutput<'readCatalog'>> {
    const use = { contextTokens, compression: this.#options.settings().compression, precision: engine.precision };
    const outlines = catalogOutlines.map(({ outline }) => outline);
    const answer = await engine.forecastModels({ outlines, use });
    const needs = catalogOutlines.map(({ id }, index) => [id, answer?.forecasts[index]] as const);
    const known = needs.flatMap(([id, need]) => (need ? [[id, need] as const] : []));
    const { freeBytes, totalBytes } = answer ?? { freeBytes: freemem(), totalBytes: totalmem() };
    return { models: catalogModels(Object.fromEntries(known)), memory: { freeBytes, totalBytes } };
  }

  async start(id: string): Promise<void> {
    // One that was asked for before goes on, whether or not the catalog still has it.
    await (this.#downloads.has(id) ? this.#downloads.resume(id) : this.#downloads.start(catalogFile(id)));
  }

  pause(id: string): Promise<void> {
    return this.#downloads.pause(id);
  }

  cancel(id: string): Promise<void> {
    return this.#downloads.cancel(id);
  }

  /** @param loadedPath of the model in the engine, whose file is in use */
  async remove(id: string, loadedPath: string | null): Promise<void> {
    if (this.library.pathOf(id) === loadedPath) {
      throw new EngineError('REQUEST_INVALID', 'This model is loaded. Eject it first, then remove it.', {
        field: 'id',
      });
    }
    await this.library.remove(id);
  }

  /** @throws DOWNLOAD_ADDRESS_INVALID */
  setHub(address: string | null): void {
    this.#options.saveSettings({ hub: address === null ? null : checkHub(address) });
    void this.view().then(this.#options.show);
  }

  stopAll(): Promise<void> {
    return this.#downloads.stopAll();
  }
}
