import { type CompressionConfig, parseCompressionConfig } from '../kv/compression-config.js';
import { presetConfig } from '../kv/presets.js';
import { parseProfile } from '../kv/profile.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { PRESET_NAMES, type PresetName } from '../types.js';
import { readJsonFile } from './text-file.js';
import { numberOption, UsageError } from './usage-error.js';

/** Options that say under which compression a command measures, for parseOptions. */
export const COMPRESSION_OPTIONS = {
  preset: { type: 'string' },
  config: { type: 'string' },
  profile: { type: 'string' },
} as const;

/** What idle time would leave behind a prompt, for parseOptions. */
export const COMPACT_OPTION = { compact: { type: 'string' } } as const;

/** @throws UsageError */
export function compactShare(compact: string | undefined): number | null {
  const isShare = (value: number) => value > 0 && value <= 1;
  return numberOption('compact', compact, isShare) ?? null;
}

/** A preset, maybe as a profile's file has it, or a configuration's file. */
export type CompressionSource = { preset: PresetName; profile?: string } | { config: string };

/** @throws UsageError */
export function compressionSource(values: { preset?: string; config?: string; profile?: string }): CompressionSource {
  const { preset = 'faithful', config, profile } = values;
  if (config !== undefined) {
    if (values.preset === undefined && profile === undefined) return { config };
    throw new UsageError('Give either --config or --preset.');
  }
  const name = PRESET_NAMES.find((known) => known === preset);
  if (name) return { preset: name, profile };
  throw new UsageError(`--preset is one of ${PRESET_NAMES.join(', ')}, not ${JSON.stringify(preset)}.`);
}

/** @throws EngineError COMPRESSION_INVALID, PROFILE_INVALID */
export async function compressionOf(source: CompressionSource, { model }: Runtime): Promise<CompressionConfig> {
  const known = { hash: model.info.hash, numLayers: model.config.numLayers };
  if ('config' in source) {
    return parseCompressionConfig(await readJsonFile(source.config, 'COMPRESSION_INVALID'), known.numLayers);
  }
  if (source.profile !== undefined) {
    const profile = parseProfile(await readJsonFile(source.profile, 'PROFILE_INVALID'), known);
    const preset = profile.presets[source.preset];
    if (preset) return preset.config;
  }
  return presetConfig(source.preset, known);
}
