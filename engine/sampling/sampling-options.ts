import { EngineError } from '../errors.js';
import type { SamplingOptions } from '../types.js';
import { MAX_SEED, randomSeed } from './random.js';

/** Every option has a value. */
export type ResolvedSampling = Required<SamplingOptions>;

/** Source: the defaults of llama.cpp (common/common.h), which also leave all penalties off. */
export const DEFAULT_SAMPLING: Omit<ResolvedSampling, 'seed'> = {
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

interface Range {
  min: number;
  max: number;
  integer?: boolean;
}

const RANGES: Record<keyof ResolvedSampling, Range> = {
  temperature: { min: 0, max: 100 },
  topK: { min: 0, max: 2 ** 31 - 1, integer: true },
  topP: { min: 0, max: 1 },
  minP: { min: 0, max: 1 },
  repetitionPenalty: { min: 0.01, max: 100 },
  frequencyPenalty: { min: -100, max: 100 },
  presencePenalty: { min: -100, max: 100 },
  seed: { min: 0, max: MAX_SEED, integer: true },
};

/**
 * The request's options with defaults for the rest and, if it has none, a random seed.
 *
 * @throws REQUEST_INVALID naming the option that is not a number of its range
 */
export function resolveSampling(requested: Partial<SamplingOptions> = {}): ResolvedSampling {
  const given = Object.fromEntries(Object.entries(requested).filter(([, value]) => value !== undefined));
  const resolved: ResolvedSampling = { ...DEFAULT_SAMPLING, seed: randomSeed(), ...given };
  for (const [name, { min, max, integer }] of Object.entries(RANGES)) {
    const value = resolved[name as keyof ResolvedSampling];
    const valid = integer ? Number.isInteger(value) : Number.isFinite(value);
    if (valid && value >= min && value <= max) continue;
    throw new EngineError(
      'REQUEST_INVALID',
      `${name} must be ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}, not ${String(value)}.`,
      { option: name },
    );
  }
  return resolved;
}
