import { createHash } from 'node:crypto';
import type { CompressionConfig } from '../kv/compression-config.js';
import { presetConfig } from '../kv/presets.js';
import type { PresetProfile, Profile } from '../kv/profile.js';
import type { Runtime } from '../runtime/load-runtime.js';
import type { PresetMeasurement, PresetName, RetrievalMeasurement } from '../types.js';
import { GOALS, type Judgement } from './calibration-goals.js';
import { type CalibrationMaterial, type CalibrationSettings, calibrationMaterial } from './calibration-material.js';
import { type Judge, type Point, searchSpace } from './calibration-search.js';
import { type CompressionSpace, cacheSpace, pyramidSpace, thinnedAlone } from './calibration-space.js';
import { CalibrationState } from './calibration-state.js';
import { CompressionJudge } from './judge.js';
import { measurePreset, measurePresetRetrieval } from './measure-preset.js';
import type { RetrievalMode } from './retrieval.js';

export interface CalibrationOptions {
  /** Text to measure on: prose, a paragraph a line. */
  text: string;
  settings: CalibrationSettings;
  /** Where measurements are kept as they come. */
  stateFolder: string;
  /** For the profile. */
  provenance: Pick<Profile, 'date' | 'command' | 'machine'>;
  onProgress: (line: string) => void;
  signal?: AbortSignal;
}

/** What the steps of a calibration share. */
interface Calibration extends CalibrationOptions {
  runtime: Runtime;
  material: CalibrationMaterial;
  state: CalibrationState;
}

const MODES: readonly RetrievalMode[] = ['ask', 'later'];

/**
 * Searches, for each goal, the compression of this model that meets it best, and measures what was found at length.
 * Stopped by the signal and called again with the same text and settings, it goes on where it was.
 * @throws EngineError TEXT_TOO_SHORT; the signal's reason
 */
export async function calibrate(runtime: Runtime, options: CalibrationOptions): Promise<Profile> {
  const { text, settings, stateFolder, provenance, onProgress, signal } = options;
  const { info, config, precision } = runtime.model;
  const textHash = createHash('sha256').update(text).digest('hex');
  const material = await calibrationMaterial(runtime.tokenizer, text, settings, signal);
  // Not how many configurations are judged: who asks for more wants to go on.
  const { configurations: _, ...measuring } = settings;
  const state = await CalibrationState.open(stateFolder, { model: info.hash, precision, textHash, measuring });
  const calibration: Calibration = { ...options, runtime, material, state };
  const configs = await findPresets(calibration);
  configs.set('paper', presetConfig('paper', { hash: info.hash, numLayers: config.numLayers }));
  const presets: Profile['presets'] = {};
  for (const [name, found] of configs) {
    onProgress(`Measuring ${name}`);
    presets[name] = { config: found, measured: await measureAtLength(calibration, found) };
  }
  return { modelHash: info.hash, modelName: info.name, numLayers: config.numLayers, ...provenance, presets };
}

async function findPresets(calibration: Calibration): Promise<Map<PresetName, CompressionConfig>> {
  const { runtime, material, settings, onProgress, signal } = calibration;
  const { numLayers } = runtime.model.config;
  const judge = new CompressionJudge(runtime, material.windows, material.cases, signal);
  const order = await layersBySensitivity(calibration, judge);
  const pyramids = pyramidSpace(numLayers, order);
  const configs = new Map<PresetName, CompressionConfig>();
  let pyramidStart = pyramids.start;
  for (const goal of GOALS) {
    onProgress(`Searching ${goal.preset}`);
    const space = goal.least === 'kept' ? pyramids : cacheSpace(numLayers, goal.maxKept, order);
    const start = goal.least === 'kept' ? pyramidStart : space.start;
    const { point, judgement } = await searchSpace(space, goal, start, {
      judge: rememberingJudge(calibration, space, judge),
      configurations: settings.configurations,
    });
    // What meets a strict goal is a good beginning for the next.
    if (goal.least === 'kept') pyramidStart = point;
    configs.set(goal.preset, space.config(point));
    onProgress(`Found ${goal.preset}: ${describe(space, point, judgement)}`);
  }
  return configs;
}

/** The layers, those first whose K/V are missed least where each is thinned alone. */
async function layersBySensitivity(
  { runtime, state, onProgress }: Calibration,
  judge: CompressionJudge,
): Promise<number[]> {
  const { numLayers } = runtime.model.config;
  onProgress('Thinning each layer alone');
  const kls: number[] = [];
  for (let layer = 0; layer < numLayers; layer++) {
    const config = thinnedAlone(numLayers, layer);
    const measure = () => judge.judge(config, Number.POSITIVE_INFINITY, false);
    const { meanKl } = await state.remembered('layers', config, measure);
    onProgress(`  layer ${layer}: KL ${meanKl.toFixed(5)}`);
    kls.push(meanKl);
  }
  return kls.map((_, layer) => layer).sort((a, b) => kls[a] - kls[b]);
}

function rememberingJudge({ state, onProgress }: Calibration, space: CompressionSpace, judge: CompressionJudge): Judge {
  return async (point, hopeless) => {
    const config = space.config(point);
    const isEnough = ({ stoppedEarly, meanKl }: Judgement) => !stoppedEarly || meanKl > hopeless;
    const judgement = await state.remembered('judgements', config, () => judge.judge(config, hopeless, true), isEnough);
    onProgress(`  ${describe(space, point, judgement)}`);
    return judgement;
  };
}

function describe({ coordinates }: CompressionSpace, point: Point, judgement: Judgement): string {
  const { keptFraction, meanKl, stoppedEarly, retrievalLoss } = judgement;
  const values = point.map((index, coordinate) => coordinates[coordinate][index]).join(' ');
  const kl = `KL ${meanKl.toFixed(5)}${stoppedEarly ? ', given up' : ''}`;
  const lost = retrievalLoss === null ? '' : `, right answers lost ${retrievalLoss.toFixed(3)}`;
  return `${values}: kept ${keptFraction.toFixed(3)}, ${kl}${lost}`;
}

/** What one preset costs at every length and in both modes of retrieval. */
async function measureAtLength(
  calibration: Calibration,
  config: CompressionConfig,
): Promise<PresetProfile['measured']> {
  const { runtime, material, state, onProgress, signal } = calibration;
  const continuation: PresetMeasurement[] = [];
  for (const windows of material.reportWindows) {
    const { length } = windows[0].prefix;
    const measure = () => measurePreset(runtime, config, windows, signal);
    const found = await state.remembered('continuation', { config, length }, measure);
    onProgress(`  ${length} tokens: kept ${found.keptFraction.toFixed(3)}, KL ${found.meanKl.toFixed(5)}`);
    continuation.push(found);
  }
  const retrieval: RetrievalMeasurement[] = [];
  for (const mode of material.reportCases.length > 0 ? MODES : []) {
    const measure = () => measurePresetRetrieval(runtime, config, material.reportCases, mode, signal);
    const found = await state.remembered('retrieval', { config, mode }, measure);
    onProgress(`  ${mode}: ${found.accuracy.toFixed(3)}, full cache ${found.fullAccuracy.toFixed(3)}`);
    retrieval.push(found);
  }
  return { continuation, retrieval };
}
