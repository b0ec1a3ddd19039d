import { isDeepStrictEqual } from 'node:util';
import { EngineError } from '../errors.js';
import { PRESET_NAMES, type PresetInfo, type PresetName } from '../types.js';
import type { CompressionConfig } from './compression-config.js';
import type { PyramidInferConfig } from './policies/pyramid-infer.js';
import type { Profile } from './profile.js';
import { profileOf } from './profiles/index.js';
import type { ScoreSpec } from './selection.js';

const COMMON = { recentRatio: 0.2, distanceWeight: 1, sinkLength: 4, minContextLength: 0, layerInterval: 1 };
const SCORES: ScoreSpec = {
  recentRows: 16,
  distanceWeight: 1,
  spreadRows: 128,
  spreadFrom: 'end',
  pool: { by: 'mean', rows: 7 },
};
const GENERATION = { windowLength: 64, exceedLength: 16, compressRatio: 1, decayRatio: 1 };

/** Cautious defaults by depth, where a model has no profile: late and steep, as it was best on the models that were measured. */
const DEFAULTS: Record<PresetName, (numLayers: number) => CompressionConfig> = {
  off: () => ({ kvType: 'int8', policy: { name: 'full' } }),
  faithful: (numLayers) => pyramid({ ...COMMON, scores: SCORES, schedule: steps(numLayers, [[0.8, 0.2]]) }),
  balanced: (numLayers) =>
    pyramid({
      ...COMMON,
      scores: SCORES,
      schedule: steps(numLayers, [
        [0.6, 0.9],
        [0.7, 0.7],
        [0.8, 0.1],
      ]),
    }),
  compact: (numLayers) =>
    pyramid({
      ...COMMON,
      scores: SCORES,
      schedule: steps(numLayers, [[0.8, 0.2]]),
      cache: {
        share: 0.46,
        recentShare: 0.5,
        perHead: true,
      },
    }),
  paper: () =>
    pyramid({
      ...COMMON,
      schedule: { type: 'cosine', prefillDecayRatio: 0.9 },
      // As published, all of the window votes; its last 64 rows choose nearly the same and take less time.
      scoreRows: 64,
      distanceWeight: 1.5,
    }),
};

/** A preset as it is for a model. @throws EngineError COMPRESSION_INVALID for a preset that does not exist */
export function presetConfig(
  name: PresetName,
  { hash, numLayers }: { hash: string; numLayers: number },
): CompressionConfig {
  const measured = profileOf(hash)?.presets[name];
  if (measured) return measured.config;
  if (Object.hasOwn(DEFAULTS, name)) return DEFAULTS[name](numLayers);
  throw new EngineError('COMPRESSION_INVALID', `There is no preset ${name}. There are ${PRESET_NAMES.join(', ')}.`, {
    field: 'preset',
  });
}

/**
 * All presets, with what they were measured to cost on this model.
 * @param here what this machine measured, where no profile is committed; figures of a preset as it was in an earlier
 *   version say nothing of the present one
 */
export function presetInfos(model: { hash: string; numLayers: number }, here: Profile | null): PresetInfo[] {
  const committed = profileOf(model.hash);
  return PRESET_NAMES.map((name) => {
    const profile = committed ?? here;
    const preset = profile?.presets[name];
    const holds = preset && isDeepStrictEqual(preset.config, presetConfig(name, model));
    const measured = holds ? preset.measured : null;
    return {
      name,
      measured: profile && measured ? { date: profile.date, command: profile.command, ...measured } : null,
    };
  });
}

/** Steps at these shares of the model's depth; where it is shallow and two fall on one layer, the later holds. */
function steps(numLayers: number, depths: [depth: number, share: number][]): PyramidInferConfig['schedule'] {
  const placed = depths.map(([depth, share]) => [Math.floor(numLayers * depth), share] as const);
  return { type: 'step', steps: placed.filter(([layer], i) => layer !== placed[i + 1]?.[0]) };
}

function pyramid(config: Omit<PyramidInferConfig, 'generation'>): CompressionConfig {
  return { kvType: 'int8', policy: { name: 'pyramidInfer', ...config, generation: GENERATION } };
}
