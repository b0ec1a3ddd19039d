import { EngineError, type EngineErrorShape } from '../errors.js';
import { chooseCompression } from '../kv/choose-compression.js';
import { cacheBytes } from '../kv/compression.js';
import type { ChatCompression, Precision } from '../types.js';
import type { Architecture, ModelConfig } from './model-config.js';
import type { TensorType } from './tensor-info.js';
import { GGUF_NAMES } from './tensor-names.js';
import { type PlannedConfig, plannedBytes } from './weight-plan.js';

/** A model whose file is not here: enough of it to say what it would take. */
export interface ModelOutline extends Omit<PlannedConfig, 'qkvBias' | 'qkNorm'>, Pick<ModelConfig, 'contextLength'> {
  architecture: Architecture;
  /** SHA-256 of its file, hex: presets that were measured for it are found by it. */
  hash: string | null;
  /** Of the matrices in its layers, of the embedding and of the head, if it has one of its own. */
  types: { layers: TensorType; embedding: TensorType; head: TensorType };
}

/** For what a model is to be used. `contextTokens`: as many as its context holds, if that are fewer. */
export interface ModelUse {
  contextTokens: number;
  compression: ChatCompression;
  precision: Precision;
}

/** Bytes of a model's weights as an import stores them, and of K and V behind so many tokens, at most. */
export interface ModelNeed {
  weightsBytes: number;
  kvBytes: number;
  contextTokens: number;
}

export type ModelForecast = ModelNeed | { error: EngineErrorShape };

/** What a model would take. An error where it cannot be used so: a memory budget that is too small for it. */
export function forecastModel(outline: ModelOutline, use: ModelUse): ModelForecast {
  const { architecture, types, hash, contextLength } = outline;
  const config = { ...outline, qkvBias: architecture === 'qwen2', qkNorm: architecture === 'qwen3' };
  const contextTokens = Math.min(use.contextTokens, contextLength);
  const typeOf = (name: string): TensorType => {
    if (name === GGUF_NAMES.embedding) return types.embedding;
    return name === GGUF_NAMES.head ? types.head : types.layers;
  };
  try {
    const kvType = use.precision === 'float32' && 'preset' in use.compression ? 'float32' : undefined;
    const compression = chooseCompression(use.compression, { hash: hash ?? '', config, contextLength }, kvType);
    return {
      weightsBytes: plannedBytes(config, GGUF_NAMES, use.precision, typeOf),
      kvBytes: cacheBytes(compression, config, contextTokens),
      contextTokens,
    };
  } catch (thrown) {
    return { error: EngineError.from(thrown).toShape() };
  }
}

/** How a need stands to a machine's memory. */
export type Fit = 'fits' | 'tight' | 'no';

/** What is left to reading a prompt, to the app and to everything else. */
const USABLE_SHARE = 0.8;

/**
 * `fits`: beside what runs now. `tight`: once other programs are closed. `no`: not on this machine.
 * @param freeBytes memory that nobody holds now; `totalBytes`: all of the machine's
 */
export function fitOf(neededBytes: number, { freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }): Fit {
  if (neededBytes <= freeBytes * USABLE_SHARE) return 'fits';
  return neededBytes <= totalBytes * USABLE_SHARE ? 'tight' : 'no';
}
