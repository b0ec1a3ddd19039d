import { z } from 'zod';
import { EngineError } from '../errors.js';
import { PRESET_NAMES, type PresetMeasurement, type PresetName, type RetrievalMeasurement } from '../types.js';
import { type CompressionConfig, parseCompressionConfig } from './compression-config.js';

/** A preset as it was found for one model, and what it was measured to cost. */
export interface PresetProfile {
  config: CompressionConfig;
  /** Null: found, but not measured at length. */
  measured: { continuation: PresetMeasurement[]; retrieval: RetrievalMeasurement[] } | null;
}

/** What calibration found for a model. */
export interface Profile {
  /** ModelInfo.hash */
  modelHash: string;
  modelName: string;
  numLayers: number;
  /** Of the measurement, YYYY-MM-DD. */
  date: string;
  /** That measured it. */
  command: string;
  machine: string;
  presets: Partial<Record<PresetName, PresetProfile>>;
}

const share = z.number().min(0).max(1);
const count = z.int().min(1);

const continuationSchema = z.object({
  prefixTokens: count,
  windows: count,
  keptFraction: share,
  bytesShare: z.number().min(0),
  deltaPpl: z.number(),
  deltaPplCi: z.tuple([z.number(), z.number()]),
  meanKl: z.number(),
  prefillRatio: z.number().min(0),
});

const retrievalSchema = z.object({
  mode: z.enum(['ask', 'later']),
  questions: count,
  accuracy: share,
  fullAccuracy: share,
});

const presetSchema = z.object({
  config: z.unknown(),
  measured: z.object({ continuation: z.array(continuationSchema), retrieval: z.array(retrievalSchema) }).nullable(),
});

const profileSchema = z.object({
  modelHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256, 64 hexadecimal digits'),
  modelName: z.string(),
  numLayers: count,
  date: z.iso.date(),
  command: z.string(),
  machine: z.string(),
  presets: z.partialRecord(z.enum(PRESET_NAMES), presetSchema),
});

/**
 * A profile's JSON, checked.
 * @param model that it is to be used for
 * @throws EngineError PROFILE_INVALID for a damaged file or another model, naming what is wrong
 */
export function parseProfile(json: unknown, model: { hash: string; numLayers: number }): Profile {
  const { data, error } = profileSchema.safeParse(json);
  if (error) {
    const { path, message } = error.issues[0];
    throw invalid(`${path.length > 0 ? z.core.toDotPath(path) : 'the file'}: ${message}`, error);
  }
  if (data.modelHash !== model.hash) {
    throw invalid(`it is for ${data.modelName} (SHA-256 ${data.modelHash}), and this model's SHA-256 is ${model.hash}`);
  }
  if (data.numLayers !== model.numLayers) {
    throw invalid(`numLayers: it says ${data.numLayers}, and the model has ${model.numLayers}`);
  }
  const presets: Profile['presets'] = {};
  for (const name of PRESET_NAMES) {
    const preset = data.presets[name];
    if (preset) presets[name] = { ...preset, config: checkedConfig(name, preset.config, model.numLayers) };
  }
  return { ...data, presets };
}

function checkedConfig(name: PresetName, json: unknown, numLayers: number): CompressionConfig {
  try {
    return parseCompressionConfig(json, numLayers);
  } catch (cause) {
    throw invalid(`presets.${name}.config: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

function invalid(reason: string, cause?: unknown): EngineError {
  return new EngineError(
    'PROFILE_INVALID',
    `The profile cannot be used: ${reason}. Make one for this model with the command calibrate.`,
    undefined,
    { cause },
  );
}
