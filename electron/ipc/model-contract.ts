import { z } from 'zod';
import type { DeviceChoice } from '../../engine/types.js';
import words from '../../locales/en/models.json' with { type: 'json' };
import { chatModel } from './chat-settings.js';
import { errorShape } from './shapes.js';

const id = z.string().min(1).max(200);
const bytes = z.number().min(0);

/** How a downloaded file was checked: by the hash in the catalog, by the one that the hub told, or by its length alone. */
export const verification = z.enum(['catalog', 'hub', 'none']);
export type Verification = z.infer<typeof verification>;

/** What a model is to run on: the processor, the graphics processor, or the one that was measured to be quicker. */
export const deviceChoice = z.enum(['cpu', 'webgpu', 'auto']) satisfies z.ZodType<DeviceChoice>;

/** A model that the app knows. */
const libraryModel = z.strictObject({
  id,
  path: z.string(),
  kind: z.enum(['file', 'folder']),
  /** `bundled` with the app; `app`: in its own folder, downloaded or copied there; `elsewhere`: where the user has it. */
  place: z.enum(['bundled', 'app', 'elsewhere']),
  /** null: it is not there any more. */
  bytes: bytes.nullable(),
  /** null: it was not downloaded. */
  verified: verification.nullable(),
  /** What chats know it by; null: it was not loaded since it is here. */
  hash: chatModel.shape.hash.nullable(),
  device: deviceChoice,
});
export type LibraryModel = z.infer<typeof libraryModel>;

const download = z.strictObject({
  /** Of the catalog's file. */
  id,
  /** Of the file, without a path. */
  file: z.string(),
  state: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('queued') }),
    z.strictObject({ state: z.literal('connecting') }),
    z.strictObject({ state: z.literal('receiving'), bytesPerSecond: bytes.nullable() }),
    /** After an interruption; it goes on by itself. */
    z.strictObject({ state: z.literal('waiting'), seconds: z.number(), reason: z.string() }),
    z.strictObject({ state: z.literal('checking'), fraction: z.number() }),
    z.strictObject({ state: z.literal('paused') }),
    z.strictObject({ state: z.literal('failed'), error: errorShape }),
  ]),
  receivedBytes: bytes,
  /** null: the hub has not said yet. */
  totalBytes: bytes.nullable(),
});
export type DownloadView = z.infer<typeof download>;

/** All that changes of the models, as main last told it. */
const modelsView = z.strictObject({
  library: z.array(libraryModel),
  downloads: z.array(download),
  /** The address that models are downloaded from. */
  hub: z.string(),
});
export type ModelsView = z.infer<typeof modelsView>;

export const need = z.union([
  z.strictObject({
    weightsBytes: bytes,
    kvBytes: bytes,
    contextTokens: z.int(),
    fit: z.enum(['fits', 'tight', 'no']),
  }),
  z.strictObject({ error: errorShape }),
]);
export type CatalogNeed = z.infer<typeof need>;

/** Of a model in the catalog; the words about it have the same name. */
export const catalogId = z.enum(Object.keys(words.about) as (keyof typeof words.about)[]);

const catalogModel = z.strictObject({
  id: catalogId,
  name: z.string(),
  licence: z.strictObject({ name: z.string(), url: z.string() }),
  parameters: z.number(),
  layers: z.int(),
  contextLength: z.int(),
  /** It was run with this app before the catalog was made; the others are of kinds that the engine runs. */
  tried: z.boolean(),
  files: z.array(
    z.strictObject({
      id,
      file: z.string(),
      repository: z.string(),
      quantization: z.string(),
      bytes,
      hasHash: z.boolean(),
      /** null: no engine process was there to say. */
      need: need.nullable(),
    }),
  ),
});
export type CatalogModel = z.infer<typeof catalogModel>;
export type CatalogFile = CatalogModel['files'][number];

const catalogView = z.strictObject({
  models: z.array(catalogModel),
  memory: z.strictObject({ freeBytes: bytes, totalBytes: bytes }),
});
export type CatalogView = z.infer<typeof catalogView>;

const nothing = z.void();
const one = z.strictObject({ id });

/** Calls about models that are kept or could be; to load one is `loadModel` of the contract. */
export const modelContract = {
  models: { input: nothing, output: modelsView },
  /** What could be downloaded, with what each would need for a context of so many tokens under the chosen compression. */
  readCatalog: { input: z.strictObject({ contextTokens: z.int().min(1).max(10_000_000) }), output: catalogView },
  /** Begins or queues a download, or goes on with one. */
  startDownload: { input: one, output: nothing },
  pauseDownload: { input: one, output: nothing },
  /** Forgets a download and removes what has come of it. */
  cancelDownload: { input: one, output: nothing },
  /** Forgets a model. Its file is removed only if it is in the app's own folder. */
  removeModel: { input: one, output: nothing },
  /** Lets the user say where a model lies now; false if cancelled. */
  locateModel: { input: one, output: z.boolean() },
  /** Copies a model into the app's own folder, and uses the copy from then on. */
  copyModel: { input: one, output: nothing },
  /** Loads the present model again on another device, which is kept for it. Without one nothing happens. */
  setDevice: { input: z.strictObject({ device: deviceChoice }), output: nothing },
  /** Another address to download from; null: the usual one. */
  setHub: { input: z.strictObject({ address: z.string().max(2000).nullable() }), output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
