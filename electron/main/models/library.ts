import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../../../engine/errors.js';
import type { DeviceChoice } from '../../../engine/types.js';
import { deviceChoice, type LibraryModel, type Verification, verification } from '../../ipc/model-contract.js';
import { JsonFile } from '../json-file.js';
import { copyModel, isInside, modelBytes } from './own-folder.js';
import { sha256 } from './sha256.js';

const storedModel = z.object({
  id: z.string().min(1),
  path: z.string().min(1),
  kind: z.enum(['file', 'folder']),
  verified: verification.nullable(),
  /** Of its files, once they were loaded: what an import made of them is found by it. */
  hash: sha256.nullable(),
});
type StoredModel = z.infer<typeof storedModel>;

const stored = z.object({
  models: z.array(storedModel),
  /** The model that was loaded last. */
  lastPath: z.string().nullable(),
  bundledHash: sha256.nullable(),
  /** By path, of models for which one was chosen. */
  devices: z.record(z.string(), deviceChoice).default({}).catch({}),
});

interface LibraryOptions {
  file: string;
  defaultModel: string;
  /** Where downloads and copies lie, each in a folder of its own. */
  ownFolder: string;
  /** Where converted models are kept. */
  cacheFolder: string;
  /** Where the memories of chats are kept, in a folder for each model. */
  parkingFolder: string;
  onChange: () => void;
  onDamaged: (keptAs: string) => void;
}

/** Where a model lay, and where it lies now. */
export interface Move {
  from: string;
  to: string;
}

const BUNDLED_ID = 'bundled';
const EMPTY = { models: [], lastPath: null, bundledHash: null, devices: {} };
const USUAL_DEVICE: DeviceChoice = 'cpu';

/** The models that the app knows: the bundled one, those that were loaded once, and those that it downloaded. */
export class ModelLibrary {
  readonly #options: LibraryOptions;
  readonly #stored: JsonFile<z.infer<typeof stored>>;

  constructor(options: LibraryOptions) {
    this.#options = options;
    const { file, onDamaged } = options;
    this.#stored = new JsonFile({ path: file, schema: stored, empty: EMPTY, onDamaged });
  }

  /** The last one that worked, if it is still there. */
  get startPath(): string {
    const { lastPath } = this.#stored.current;
    return lastPath !== null && existsSync(lastPath) ? lastPath : this.#options.defaultModel;
  }

  /** The bundled one first, then the newest. */
  async list(): Promise<LibraryModel[]> {
    const { models, bundledHash } = this.#stored.current;
    const bundled: StoredModel = {
      ...{ id: BUNDLED_ID, path: this.#options.defaultModel, kind: 'file' },
      ...{ verified: null, hash: bundledHash },
    };
    return Promise.all(
      [bundled, ...models].map(async (model) => ({
        ...model,
        place: this.#placeOf(model.path),
        device: this.deviceOf(model.path),
        bytes: await modelBytes(model.path),
      })),
    );
  }

  /** What a model is to run on. */
  deviceOf(path: string): DeviceChoice {
    return this.#stored.current.devices[path] ?? USUAL_DEVICE;
  }

  async setDevice(path: string, device: DeviceChoice): Promise<void> {
    await this.#update({ devices: { ...this.#stored.current.devices, [path]: device } });
  }

  has(path: string): boolean {
    return this.#stored.current.models.some((model) => model.path === path);
  }

  /** A model was loaded: it is remembered, and loaded again at the next start. */
  async noteLoaded(path: string, hash: string): Promise<void> {
    const kind = await kindOf(path);
    // After the wait, in which something else may have changed.
    const { models, bundledHash } = this.#stored.current;
    const isBundled = path === this.#options.defaultModel;
    const isKnown = isBundled || this.has(path);
    const added: StoredModel[] = isKnown ? [] : [{ id: randomUUID(), path, kind, verified: null, hash }];
    await this.#update({
      models: [...added, ...models.map((model) => (model.path === path ? { ...model, hash } : model))],
      lastPath: path,
      bundledHash: isBundled ? hash : bundledHash,
    });
  }

  async addDownloaded(path: string, verified: Verification): Promise<void> {
    const others = this.#stored.current.models.filter((model) => model.path !== path);
    await this.#setModels([{ id: randomUUID(), path, kind: 'file', verified, hash: null }, ...others]);
  }

  /** Forgets a model, with what an import made of it and what it remembers of chats; its file goes only if it is the app's own. */
  async remove(id: string): Promise<void> {
    const model = this.#find(id);
    const { models, lastPath, bundledHash } = this.#stored.current;
    const others = models.filter((other) => other.id !== id);
    // Else the user's file, which stays, would be loaded at the next start and so be back.
    const { [model.path]: _, ...devices } = this.#stored.current.devices;
    await this.#update({ models: others, lastPath: lastPath === model.path ? null : lastPath, devices });
    if (isInside(this.#options.ownFolder, model.path)) {
      await removeWhole(model.path);
      // Its own folder, unless something else lies there too.
      await rmdir(dirname(model.path)).catch(() => undefined);
    }
    const inUse = [bundledHash, ...others.map(({ hash }) => hash)];
    if (model.hash !== null && !inUse.includes(model.hash)) await this.#removeMadeOf(model.hash);
    this.#options.onChange();
  }

  /** The model lies somewhere else now. */
  async locate(id: string, path: string): Promise<Move> {
    return this.#move(id, { path: resolve(path), kind: await kindOf(path), verified: null, hash: null });
  }

  /** @throws MODEL_FILE_MISSING, IMPORT_DISK_FULL, FILE_UNWRITABLE */
  async copy(id: string): Promise<Move> {
    const { path } = this.#find(id);
    const { ownFolder } = this.#options;
    if (isInside(ownFolder, path)) return { from: path, to: path };
    const folder = join(ownFolder, `${basename(path, '.gguf')}-${randomUUID().slice(0, 8)}`);
    const copied = await copyModel(path, folder);
    const isStillWanted = this.#stored.current.models.some((model) => model.id === id);
    if (!isStillWanted) await removeWhole(folder);
    return this.#move(id, { path: copied });
  }

  pathOf(id: string): string {
    return this.#find(id).path;
  }

  /** What is loaded next is loaded from there. Where another entry is already, that one stays: more is known of it. */
  async #move(id: string, moved: Partial<StoredModel> & { path: string }): Promise<Move> {
    const { path: from } = this.#find(id);
    const { path: to } = moved;
    const { models, lastPath } = this.#stored.current;
    const { [from]: device, ...devices } = this.#stored.current.devices;
    const others = models.filter((model) => model.id !== id);
    const isKnown = to === this.#options.defaultModel || others.some(({ path }) => path === to);
    await this.#update({
      models: isKnown ? others : models.map((model) => (model.id === id ? { ...model, ...moved } : model)),
      lastPath: lastPath === from ? to : lastPath,
      devices: { ...(device && { [to]: device }), ...devices },
    });
    return { from, to };
  }

  #placeOf(path: string): LibraryModel['place'] {
    if (path === this.#options.defaultModel) return 'bundled';
    return isInside(this.#options.ownFolder, path) ? 'app' : 'elsewhere';
  }

  #find(id: string): StoredModel {
    const model = this.#stored.current.models.find((each) => each.id === id);
    if (model) return model;
    const message =
      id === BUNDLED_ID
        ? 'The model that came with the app stays where it is.'
        : 'This model is not in the library any more.';
    throw new EngineError('REQUEST_INVALID', message, { field: 'id' });
  }

  async #removeMadeOf(hash: string): Promise<void> {
    const { cacheFolder, parkingFolder } = this.#options;
    await removeWhole(join(parkingFolder, hash));
    const names = await readdir(cacheFolder).catch(() => []);
    await Promise.all(
      names.filter((name) => name.startsWith(`${hash}-`)).map((name) => removeWhole(join(cacheFolder, name))),
    );
  }

  #setModels(models: StoredModel[]): Promise<void> {
    return this.#update({ models });
  }

  async #update(change: Partial<z.infer<typeof stored>>): Promise<void> {
    const written = this.#stored.update({ ...this.#stored.current, ...change });
    this.#options.onChange();
    await written;
  }
}

async function kindOf(path: string): Promise<StoredModel['kind']> {
  return (await stat(path).catch(() => null))?.isDirectory() ? 'folder' : 'file';
}

async function removeWhole(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
