import { EngineError } from '../errors.js';
import type { PresetName } from '../types.js';
import type { PyramidInferConfig } from './policy.js';

const COMMON = { recentRatio: 0.2, sinkLength: 4, minContextLength: 0, layerInterval: 1 };
/** Share of the layers that `faithful` leaves whole: 24 of 30, where it was measured. */
const FAITHFUL_DEPTH = 0.8;

const PRESETS: Record<PresetName, (numLayers: number) => PyramidInferConfig | null> = {
  off: () => null,
  faithful: (numLayers) => ({
    ...COMMON,
    schedule: { type: 'step', steps: [[Math.floor(numLayers * FAITHFUL_DEPTH), 0]] },
    scoreRows: 64,
    distanceWeight: 1,
  }),
  paper: () => ({ ...COMMON, schedule: { type: 'cosine', prefillDecayRatio: 0.9 }, distanceWeight: 1.5 }),
};

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** @throws EngineError REQUEST_INVALID for a preset that does not exist */
export function presetConfig(name: PresetName, numLayers: number): PyramidInferConfig | null {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name](numLayers);
  throw new EngineError('REQUEST_INVALID', `There is no preset ${name}. There are ${PRESET_NAMES.join(', ')}.`);
}
