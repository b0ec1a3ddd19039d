import { availableParallelism, freemem } from 'node:os';
import { EngineError } from '../errors.js';
import { type Compression, fixedCompression } from '../kv/compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import { readTokenizer } from '../model/converted-folder.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { importModel } from '../model/import-model.js';
import { ChatTemplate } from '../text/chat-template.js';
import { Tokenizer } from '../text/tokenizer.js';
import type { CreateEngineOptions, RuntimeInfo } from '../types.js';
import { ChatMemory } from './chat-memory.js';
import { chooseRuntime } from './choose-device.js';
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
  /** Of the computer's memory. */
  freeBytes(): number;
  /** An empty chat. One memory of a runtime runs at a time. */
  createMemory(compression: CompressionConfig | Compression): Promise<ChatMemory>;
  /** Waits for runs under way. Memories must have been released. */
  release(): Promise<void>;
}

/** Loads a model, importing it first if that was not done before. Throws as `createEngine` does. */
export async function loadRuntime(options: LoadOptions): Promise<Runtime> {
  const { modelPath, sha256, cacheFolder, precision = 'default', device = 'cpu', freeBytes = freemem } = options;
  const { logger, onProgress, signal } = options;
  const { factory, reason } = await chooseRuntime(device, threadsOf(options.threads), logger);
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
        ...(deviceType && { deviceType }),
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
    freeBytes,
    createMemory: (compression) => {
      const { numLayers } = model.config;
      const made =
        'policyFor' in compression ? compression : fixedCompression({ preset: 'off' }, compression, numLayers);
      return ChatMemory.create(sessions, made, contextLength);
    },
    release: async () => {
      await sessions.release();
      factory.release?.();
    },
  };
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

function contextLengthOf({ config }: ConvertedModel, wanted = config.contextLength): number {
  if (Number.isInteger(wanted) && wanted >= 1) return Math.min(wanted, config.contextLength);
  throw new EngineError('REQUEST_INVALID', `A context of ${wanted} tokens cannot be: it takes a whole number of them.`);
}
