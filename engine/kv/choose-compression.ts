import { isDeepStrictEqual } from 'node:util';
import { EngineError } from '../errors.js';
import { type ChatCompression, type KvType, PRESET_NAMES, type PresetName } from '../types.js';
import { budgetCompression, type CacheBytes, type Compression, fixedCompression, leastBudget } from './compression.js';
import { type PolicyConfig, parseCompressionConfig } from './compression-config.js';
import { type CacheShape, KV_ELEMENT_BYTES } from './kv-cache.js';
import { presetConfig } from './presets.js';

/** Without a budget's first rung, which keeps everything in int8, from the mildest on. */
const BUDGET_PRESETS: readonly PresetName[] = ['faithful', 'balanced', 'compact'];

interface ChosenFor {
  hash: string;
  config: CacheShape;
  contextLength: number;
  /** Of K/V on a device, whatever the choice says; absent: they are in our memory. */
  deviceType?: 'float16' | 'float32';
}

/**
 * What a choice means for a model.
 * @param asked instead of what the preset says
 * @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL
 */
export function chooseCompression(
  choice: ChatCompression,
  { hash, config, contextLength, deviceType }: ChosenFor,
  asked?: KvType,
): Compression {
  const { numLayers } = config;
  const kvType = deviceType ?? asked;
  if (!('budgetBytes' in choice)) {
    const known =
      'preset' in choice
        ? presetConfig(choice.preset, { hash, numLayers })
        : parseCompressionConfig(choice.config, numLayers);
    return fixedCompression(choice, kvType ? { ...known, kvType } : known, numLayers);
  }
  if (asked === 'float32') {
    throw new EngineError('COMPRESSION_INVALID', 'A budget in bytes keeps K/V in int8: choose a preset for float32.', {
      field: 'kvType',
    });
  }
  const { budgetBytes } = choice;
  if (!Number.isFinite(budgetBytes) || budgetBytes <= 0) {
    throw new EngineError('COMPRESSION_INVALID', `budgetBytes must be a number of bytes above 0, not ${budgetBytes}.`, {
      field: 'budgetBytes',
    });
  }
  const cache = budgetCache(config, contextLength, deviceType);
  return budgetCompression(budgetBytes, budgetPresets(hash, numLayers), cache, deviceType);
}

/** The least budget that is accepted for a model, bytes. */
export function leastBudgetBytes({ hash, config, contextLength, deviceType }: ChosenFor): number {
  return leastBudget(budgetPresets(hash, config.numLayers), budgetCache(config, contextLength, deviceType));
}

function budgetPresets(hash: string, numLayers: number): PolicyConfig[] {
  return [{ name: 'full' }, ...BUDGET_PRESETS.map((name) => presetConfig(name, { hash, numLayers }).policy)];
}

function budgetCache(
  { numLayers, numKvHeads, headDim }: CacheShape,
  contextLength: number,
  deviceType: ChosenFor['deviceType'],
): CacheBytes {
  const elements = 2 * numKvHeads * headDim;
  const scaleBytes = deviceType ? 0 : elements * Float32Array.BYTES_PER_ELEMENT;
  return { numLayers, contextLength, bytesPerToken: elements * KV_ELEMENT_BYTES[deviceType ?? 'int8'], scaleBytes };
}

export function sameChoice(a: ChatCompression, b: ChatCompression): boolean {
  return isDeepStrictEqual(a, b);
}

export function isPresetName(name: string): name is PresetName {
  return PRESET_NAMES.some((known) => known === name);
}
