import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixedCompression } from '../kv/compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import type { KvCache } from '../kv/kv-cache.js';
import type { ConvertedModel, LayerForm } from '../model/converted-model.js';
import { importModel } from '../model/import-model.js';
import { ChatMemory } from '../runtime/chat-memory.js';
import { ModelSessions } from '../runtime/model-sessions.js';
import { OrtCApi } from '../runtime/ort/ort-c-api.js';
import type { SessionFactory } from '../runtime/ort/session.js';
import { layerFormFor } from '../runtime/product-type.js';
import { createDecoder } from '../runtime/writing/create-decoder.js';
import type { TokenDecoder } from '../runtime/writing/token-decoder.js';
import type { Precision } from '../types.js';

export interface LoadedModel {
  model: ConvertedModel;
  sessions: ModelSessions;
  /** Every token through the whole model, on a float32 cache of its own, without any policy. */
  decoder(): Promise<{ decoder: TokenDecoder; cache: KvCache }>;
  memory(config: CompressionConfig): Promise<ChatMemory>;
  release(): Promise<void>;
}

/** A model imported into a folder of its own and ready to run, without tokenizer or sampling. */
export async function loadModel(
  modelPath: string,
  precision: Precision,
  factory: SessionFactory = new OrtCApi(2),
  form?: LayerForm,
): Promise<LoadedModel> {
  const cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-import-'));
  const model = await importModel({
    ...{ modelPath, cacheFolder, precision },
    form: form ?? (await layerFormFor(factory)),
  });
  const { numLayers, contextLength } = model.config;
  const sessions = await ModelSessions.create(model, factory);
  const made: { release(): void }[] = [];
  return {
    model,
    sessions,
    decoder: async () => {
      const cache = sessions.cache(contextLength, 'float32');
      const decoder = await createDecoder(sessions, cache);
      made.push(decoder);
      return { decoder, cache };
    },
    memory: async (config) => {
      const compression = fixedCompression({ preset: 'off' }, config, numLayers);
      const memory = await ChatMemory.create(sessions, compression, contextLength);
      made.push(memory);
      return memory;
    },
    release: async () => {
      for (const { release } of made.splice(0).map((one) => ({ release: () => one.release() }))) release();
      await sessions.release();
      await rm(cacheFolder, { recursive: true });
    },
  };
}

/** Reads a whole prompt. → its last token's logits, [vocabSize], a copy */
export async function readWhole(memory: ChatMemory, prompt: readonly number[]): Promise<Float32Array> {
  const steps = memory.read(prompt);
  for (;;) {
    const step = await steps.next();
    if (step.done) return Float32Array.from(step.value);
  }
}
