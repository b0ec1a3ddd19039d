import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { tokenizerFilesFromGguf } from '../text/gguf-tokenizer.js';
import { readTokenizerFiles } from '../text/hf-tokenizer.js';
import { Tokenizer } from '../text/tokenizer.js';
import type { TokenizerFiles } from '../text/tokenizer-files.js';
import { openModelFile } from './file-problem.js';
import { type GgufFile, readGguf } from './gguf.js';
import { ggufConfig, parseRopeFactors } from './gguf-config.js';
import { hfConfig } from './hf-config.js';
import type { ModelConfig } from './model-config.js';
import { type ModelFiles, readJson } from './model-files.js';
import { readSafetensors } from './safetensors.js';
import type { TensorInfo } from './tensor-info.js';
import { GGUF_NAMES, HF_NAMES, type TensorNames } from './tensor-names.js';

/** A model as its files describe it, whatever their format. */
export interface SourceModel {
  path: string;
  /** null: the files do not say; theirs is used. */
  declaredName: string | null;
  config: ModelConfig;
  tensors: Map<string, TensorInfo>;
  names: TensorNames;
  /** Rows of q and k stand in pairs order (2i rotates with 2i + 1), not in halves order. */
  pairedRotary: boolean;
  tokenizer: TokenizerFiles;
}

/** @throws every MODEL_… code */
export async function readSourceModel(files: ModelFiles): Promise<SourceModel> {
  const source = await (files.kind === 'gguf'
    ? readGgufModel(files.path)
    : readSafetensorsModel(files.path, files.weightFiles));
  // A tokenizer that cannot be used is refused now, not after an import of many gigabytes.
  new Tokenizer(source.tokenizer);
  return source;
}

async function readGgufModel(path: string): Promise<SourceModel> {
  const file = await readGguf(path);
  const parts = file.metadata.get('split.count');
  if (typeof parts === 'number' && parts > 1) {
    throw new EngineError(
      'MODEL_FORMAT_UNKNOWN',
      `${path} is one of ${parts} parts of a model. Merge them with llama-gguf-split --merge and choose the result.`,
      { parts },
    );
  }
  const config = ggufConfig(file, await readRopeFactors(file));
  const name = file.metadata.get('general.name');
  return {
    path,
    declaredName: typeof name === 'string' && name !== '' ? name : null,
    config,
    tensors: file.tensors,
    names: GGUF_NAMES,
    // llama.cpp rotates pairs in this architecture only, and its converters order the rows for that.
    pairedRotary: config.architecture === 'llama',
    tokenizer: tokenizerFilesFromGguf(file.metadata),
  };
}

async function readRopeFactors(file: GgufFile): Promise<number[] | null> {
  const tensor = file.tensors.get('rope_freqs.weight');
  if (!tensor) return null;
  if (tensor.type !== 'F32' || tensor.shape.length !== 1 || tensor.byteLength > 4096) {
    throw new EngineError('MODEL_HEADER_INVALID', `${file.path} is damaged: its rope_freqs.weight is no short vector.`);
  }
  const handle = await openModelFile(file.path);
  try {
    const bytes = new Uint8Array(tensor.byteLength);
    await handle.read(bytes, 0, bytes.length, tensor.offset);
    return parseRopeFactors(bytes);
  } finally {
    await handle.close();
  }
}

async function readSafetensorsModel(folder: string, weightFiles: string[]): Promise<SourceModel> {
  const configPath = join(folder, 'config.json');
  const json = z.record(z.string(), z.unknown()).safeParse(await readJson(configPath));
  if (!json.success) {
    throw new EngineError('MODEL_HEADER_INVALID', `${configPath} is damaged: it is no object. Get the model again.`);
  }
  const tensors = new Map<string, TensorInfo>();
  for (const file of weightFiles) {
    for (const tensor of await readSafetensors(file)) tensors.set(tensor.name, tensor);
  }
  return {
    path: folder,
    declaredName: null,
    config: hfConfig(configPath, json.data, (tensor) => tensors.has(tensor)),
    tensors,
    names: HF_NAMES,
    pairedRotary: false,
    tokenizer: await readTokenizerFiles(folder),
  };
}
