import { EngineError } from '../errors.js';
import { PRESET_NAMES, type PresetInfo, type PresetName } from '../types.js';
import type { CompressionConfig } from './compression-config.js';
import type { PyramidInferConfig } from './policies/pyramid-infer.js';

const COMMON = { recentRatio: 0.2, scoreRows: 64, distanceWeight: 1, sinkLength: 4, minContextLength: 0, layerInterval: 1 };
const GENERATION = { windowLength: 64, exceedLength: 16, compressRatio: 1, decayRatio: 1 };

/** Cautious defaults by depth: late and steep, as it was best on the models that were measured. */
const DEFAULTS: Record<PresetName, (numLayers: number) => CompressionConfig> = {
  off: () => ({ kvType: 'float32', policy: { name: 'full' } }),
  faithful: (numLayers) => pyramid({ ...COMMON, schedule: steps(numLayers, [[0.8, 0]]) }),
  balanced: (numLayers) =>
    pyramid({
      ...COMMON,
      schedule: steps(numLayers, [
        [0.6, 0.9],
        [0.7, 0.7],
        [0.8, 0.1],
      ]),
    }),
  compact: (numLayers) =>
    pyramid({
      ...COMMON,
      schedule: steps(numLayers, [[0.8, 0]]),
      cache: {
        share: 0.46,
        recentRatio: 0.23,
        scores: { recentRows: 32, distanceWeight: 1, spreadRows: 128, pool: 7 },
        perHead: true,
      },
    }),
  paper: () =>
    pyramid({
      ...COMMON,
      schedule: { type: 'cosine', prefillDecayRatio: 0.9 },
      distanceWeight: 1.5,
    }),
};

/** A preset as it is for a model. @throws EngineError COMPRESSION_INVALID for a preset that does not exist */
export function presetConfig(name: PresetName, { numLayers }: { hash: string; numLayers: number }): CompressionConfig {
  if (Object.hasOwn(DEFAULTS, name)) return DEFAULTS[name](numLayers);
  throw new EngineError('COMPRESSION_INVALID', `There is no preset ${name}. There are ${PRESET_NAMES.join(', ')}.`, {
    field: 'preset',
  });
}

/** All presets, with what they were measured to cost on this model. */
export function presetInfos(_hash: string): PresetInfo[] {
  return PRESET_NAMES.map((name) => ({ name, measured: null }));
}

/** Steps at these shares of the model's depth. */
function steps(numLayers: number, depths: [depth: number, share: number][]): PyramidInferConfig['schedule'] {
  return { type: 'step', steps: depths.map(([depth, share]) => [Math.floor(numLayers * depth), share] as const) };
}

function pyramid(config: Omit<PyramidInferConfig, 'generation'>): CompressionConfig {
  return { kvType: 'int8', policy: { name: 'pyramidInfer', ...config, generation: GENERATION } };
}
