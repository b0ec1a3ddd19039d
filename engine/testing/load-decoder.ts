import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KvCache } from '../kv/kv-cache.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { importModel } from '../model/import-model.js';
import { Decoder, type DecoderShape } from '../runtime/decoder.js';
import { OrtCApi } from '../runtime/ort-c-api.js';
import type { SessionFactory } from '../runtime/session.js';
import type { Precision } from '../types.js';

export interface LoadedDecoder {
  model: ConvertedModel;
  decoder: Decoder;
  cache: KvCache;
  release(): Promise<void>;
}

/** A model imported into a folder of its own and ready to run, without tokenizer or sampling. */
export async function loadDecoder(
  modelPath: string,
  precision: Precision,
  { factory = new OrtCApi(), shape }: { factory?: SessionFactory; shape?: DecoderShape } = {},
): Promise<LoadedDecoder> {
  const cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-import-'));
  const model = await importModel({ modelPath, cacheFolder, precision });
  const cache = new KvCache(model.config, model.config.contextLength);
  const decoder = await Decoder.create(model, factory, 2, cache, shape);
  const release = async () => {
    await decoder.release();
    await rm(cacheFolder, { recursive: true });
  };
  return { model, decoder, cache, release };
}
