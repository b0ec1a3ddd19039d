import { availableParallelism, freemem } from 'node:os';
import { EngineError } from '../errors.js';
import { type Compression, fixedCompression } from '../kv/compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import { readTokenizer } from '../model/converted-folder.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { checkDeviceRoom, USABLE_SHARE } from '../model/device-need.js';
import { importModel } from '../model/import-model.js';
import { ChatTemplate } from '../text/chat-template.js';
import { Tokenizer } from '../text/tokenizer.js';
import type { CreateEngineOptions, GraphicsDevice, KvType, RuntimeInfo, RuntimeNote } from '../types.js';
import { ChatBatch } from './chat-batch.js';
import { ChatMemory } from './chat-memory.js';
import type { ChosenDevice } from './device/choose-device.js';
import { checkDeviceChoice, lackNote, likelyDevice, openDevice, openProcessor } from './device/choose-device.js';
import { findGraphicsDevice } from './device/graphics-device.js';
import { quickerOne } from './device/quicker-device.js';
import { ModelSessions } from './model-sessions.js';
import { layerFormFor } from './product-type.js';

export type LoadOptions = Omit<CreateEngineOptions, 'compression' | 'kvType'>;

/** A model ready to run. */
export interface Runtime {
  readonly model: ConvertedModel;
  readonly info: RuntimeInfo;
  readonly contextLength: number;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Where K and V are: of the computer's memory, or of the device's. */
  freeBytes(): number;
  /** In the device's memory: weights, K and V, and what is on its way. Null: on the processor. */
  deviceBytes(): number | null;
  /** An empty chat. One memory of a runtime runs at a time. */
  createMemory(compression: CompressionConfig | Compression): Promise<ChatMemory>;
  /** To write up to so many chats with K/V of this type at once. Throws as `ChatBatch.create` does. */
  createBatch(kvType: KvType, seats: number): Promise<ChatBatch>;
  /** Waits for runs under way. Memories and batches must have been released. */
  release(): Promise<void>;
}

/** Loads a model, importing it first if that was not done before. Throws as `createEngine` does. */
export async function loadRuntime(options: LoadOptions): Promise<Runtime> {
  const { device: choice = 'cpu', deviceFailed = false } = options;
  checkDeviceChoice(choice);
  const threads = threadsOf(options.threads);
  if (choice === 'cpu') return onProcessor(options, threads);
  if (deviceFailed) return onProcessor(options, threads, LOST);
  return choice === 'webgpu' ? onDevice(options, threads) : onTheQuicker(options, threads);
}

const LOST: RuntimeNote = {
  code: 'lost',
  message: 'The graphics processor was lost more than once, so the processor is used until a model is loaded anew.',
  details: {},
};

async function onProcessor(options: LoadOptions, threads: number, ...notes: RuntimeNote[]): Promise<Runtime> {
  return loadOn(await openProcessor(threads, notes, options.logger), options);
}

async function onDevice(options: LoadOptions, threads: number): Promise<Runtime> {
  try {
    return await openOn(findGraphicsDevice(), options, threads);
  } catch (thrown) {
    if (!options.orProcessor || EngineError.from(thrown).code !== 'DEVICE_UNAVAILABLE') throw thrown;
    return onProcessor(options, threads, lackNote(thrown, options.logger));
  }
}

async function openOn(
  device: GraphicsDevice,
  options: LoadOptions,
  threads: number,
  ...notes: RuntimeNote[]
): Promise<Runtime> {
  const { modelPath, precision = 'default', logger } = options;
  await checkDeviceRoom(modelPath, precision, device);
  return loadOn(await openDevice({ device, threads, logger, notes }), options);
}

/** `auto`: whichever of both is quicker with this model. */
async function onTheQuicker(options: LoadOptions, threads: number): Promise<Runtime> {
  const { logger } = options;
  const likely = likelyDevice(logger);
  if ('code' in likely) return onProcessor(options, threads, likely);
  try {
    const note = await quickerOne(options, likely, {
      onProcessor: (part) => onProcessor(part, threads),
      onDevice: (part) => openOn(likely, part, threads),
    });
    if (note.code === 'processorQuicker') return await onProcessor(options, threads, note);
    return await openOn(likely, options, threads, note);
  } catch (thrown) {
    return onProcessor(options, threads, lackNote(thrown, logger));
  }
}

/** Loads a model on what was chosen for it, importing it first if that was not done before. */
async function loadOn(chosen: ChosenDevice, options: LoadOptions): Promise<Runtime> {
  const { factory } = chosen;
  try {
    return await load(chosen, options);
  } catch (error) {
    factory.release?.();
    throw error;
  }
}

async function load({ factory, reason, device, notes }: ChosenDevice, options: LoadOptions): Promise<Runtime> {
  const { modelPath, sha256, cacheFolder, precision = 'default', freeBytes = freemem } = options;
  const { logger, onProgress, signal } = options;
  const form = await layerFormFor(factory);
  const model = await importModel({
    ...{ modelPath, sha256, cacheFolder, precision, form },
    ...{ onProgress, signal, logger },
  });
  signal?.throwIfAborted();
  const weightBytes = model.info.fileBytes;
  onProgress?.({ phase: 'load', fraction: 0.95, bytesDone: weightBytes, bytesTotal: weightBytes });
  const contextLength = contextLengthOf(model, options.contextLength);
  const files = await readTokenizer(model);
  const tokenizer = new Tokenizer(files);
  const template = new ChatTemplate(files, tokenizer);
  const writingOn = precision === 'float32' ? 'float32' : 'int8';
  const sessions = await ModelSessions.create(model, factory, factory.device ? undefined : writingOn);
  const { implementation, onnxRuntimeVersion, threads } = factory;
  const { takesSystemMessages } = template;
  const deviceType = factory.device?.traits.type;
  const executionProvider = deviceType ? 'webgpu' : 'cpu';
  return {
    model,
    info: {
      ...{
        executionProvider,
        deviceChoice: options.device ?? 'cpu',
        ...(device && { device }),
        ...(deviceType && { deviceType }),
        notes,
        implementation,
        reason,
        onnxRuntimeVersion,
        threads,
        precision,
        contextLength,
      },
      takesSystemMessages,
    },
    contextLength,
    tokenizer,
    template,
    freeBytes: () => {
      const held = factory.device?.bytesHeld;
      if (held === undefined || !device?.memoryBytes) return freeBytes();
      return device.memoryBytes * USABLE_SHARE - held;
    },
    deviceBytes: () => factory.device?.bytesHeld ?? null,
    createMemory: (compression) => {
      const { numLayers } = model.config;
      const made =
        'policyFor' in compression ? compression : fixedCompression({ preset: 'off' }, compression, numLayers);
      return ChatMemory.create(sessions, made, contextLength);
    },
    createBatch: (kvType, seats) => ChatBatch.create(sessions, kvType, seats),
    release: async () => {
      await sessions.release();
      factory.release?.();
    },
  };
}

function contextLengthOf({ config }: ConvertedModel, wanted = config.contextLength): number {
  if (Number.isInteger(wanted) && wanted >= 1) return Math.min(wanted, config.contextLength);
  throw new EngineError('REQUEST_INVALID', `A context of ${wanted} tokens cannot be: it takes a whole number of them.`);
}

function threadsOf(wanted: number | undefined): number {
  const cores = availableParallelism();
  if (wanted === undefined) return cores;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= cores) return wanted;
  throw new EngineError(
    'REQUEST_INVALID',
    `${wanted} threads cannot be: this computer has ${cores} cores, and more threads than that would only get in each other's way. Choose 1 to ${cores}.`,
    { cores },
  );
}
