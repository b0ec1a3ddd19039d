import { isDeepStrictEqual } from 'node:util';
import { EngineError } from '../errors.js';
import { type ChatCompression, type KvType, PRESET_NAMES, type PresetName } from '../types.js';
import { budgetCompression, type CacheBytes, type Compression, fixedCompression, leastBudget } from './compression.js';
import { type PolicyConfig, parseCompressionConfig } from './compression-config.js';
import type { CacheShape } from './kv-cache.js';
import { presetConfig } from './presets.js';

/** Without a budget's first rung, which keeps everything in int8, from the mildest on. */
const BUDGET_PRESETS: readonly PresetName[] = ['faithful', 'balanced', 'compact'];

interface ChosenFor {
  hash: string;
  config: CacheShape;
  contextLength: number;
}

/**
 * What a choice means for a model.
 * @param kvType instead of what the preset says
 * @throws EngineError COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL
 */
export function chooseCompression(
  choice: ChatCompression,
  { hash, config, contextLength }: ChosenFor,
  kvType?: KvType,
): Compression {
  const { numLayers } = config;
  if (!('budgetBytes' in choice)) {
    const known =
      'preset' in choice
        ? presetConfig(choice.preset, { hash, numLayers })
        : parseCompressionConfig(choice.config, numLayers);
    return fixedCompression(choice, kvType ? { ...known, kvType } : known, numLayers);
  }
  if (kvType === 'float32') {
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
  return budgetCompression(budgetBytes, budgetPresets(hash, numLayers), budgetCache(config, contextLength));
}

/** The least budget that is accepted for a model, bytes. */
export function leastBudgetBytes({ hash, config, contextLength }: ChosenFor): number {
  return leastBudget(budgetPresets(hash, config.numLayers), budgetCache(config, contextLength));
}

function budgetPresets(hash: string, numLayers: number): PolicyConfig[] {
  return [{ name: 'full' }, ...BUDGET_PRESETS.map((name) => presetConfig(name, { hash, numLayers }).policy)];
}

function budgetCache({ numLayers, numKvHeads, headDim }: CacheShape, contextLength: number): CacheBytes {
  const bytesPerToken = 2 * numKvHeads * headDim;
  return { numLayers, contextLength, bytesPerToken, scaleBytes: bytesPerToken * Float32Array.BYTES_PER_ELEMENT };
}

export function sameChoice(a: ChatCompression, b: ChatCompression): boolean {
  return isDeepStrictEqual(a, b);
}

export function isPresetName(name: string): name is PresetName {
  return PRESET_NAMES.some((known) => known === name);
}
