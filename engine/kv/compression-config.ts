import { z } from 'zod';
import { EngineError } from '../errors.js';
import type { KvType } from '../types.js';
import { cacheBudget } from './policies/cache-budget.js';
import { full } from './policies/full.js';
import { type PyramidInferConfig, pyramidInfer } from './policies/pyramid-infer.js';
import type { Policy } from './policy.js';
import { recentScores } from './selection.js';

/** A policy by its name and parameters; shares are of all tokens seen. */
export type PolicyConfig =
  | { name: 'full' }
  /** Sinks and the recent window (Xiao et al. 2024). */
  | { name: 'streamingLlm'; share: number; sinkLength: number }
  /** By accumulated attention (Zhang et al. 2023), computed after prefill; half of what is kept is recent. */
  | { name: 'h2o'; share: number; sinkLength: number }
  /** By the pooled attention of the last rows, each head its own (Li et al. 2024). */
  | { name: 'snapKv'; share: number; sinkLength: number; scoreRows: number; pool: number }
  /** SnapKV's scores; budgets fall from layer to layer, from share · (1 + taper) to share · (1 − taper) (Cai et al. 2024). */
  | { name: 'pyramidKv'; share: number; sinkLength: number; scoreRows: number; pool: number; taper: number }
  | ({ name: 'pyramidInfer' } & PyramidInferConfig);

export interface CompressionConfig {
  /** Element type of stored K/V. */
  kvType: KvType;
  policy: PolicyConfig;
}

const share = z.number().min(0).max(1);
const positiveShare = z.number().gt(0).max(1);
const rows = z
  .int()
  .min(1)
  .max(1 << 20);
const tokens = z
  .int()
  .min(0)
  .max(1 << 24);
const weight = z.number().min(1).max(100);
const pool = z
  .int()
  .min(1)
  .max(63)
  .refine((value) => value % 2 === 1, 'must be odd');
const sinkLength = tokens;

const scores = z.strictObject({
  recentRows: rows.nullable(),
  distanceWeight: weight,
  spreadRows: z
    .int()
    .min(0)
    .max(1 << 20),
  spreadFrom: z.enum(['place', 'end']),
  pool: z.strictObject({ by: z.enum(['max', 'mean']), rows: pool }),
});

const schedule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['cosine', 'linear']), prefillDecayRatio: share }),
  z.strictObject({ type: z.literal('step'), steps: z.array(z.tuple([tokens, share])) }),
]);

const pyramid = z.strictObject({
  name: z.literal('pyramidInfer'),
  schedule,
  recentLength: rows.optional(),
  recentRatio: share.optional(),
  scoreRows: rows.optional(),
  distanceWeight: weight,
  scores: scores.optional(),
  sinkLength,
  minContextLength: tokens,
  layerInterval: z.int().min(1),
  cache: z
    .strictObject({
      share: z.union([positiveShare, z.array(positiveShare)]),
      recentShare: share,
      perHead: z.boolean(),
    })
    .optional(),
  generation: z.strictObject({
    windowLength: rows,
    exceedLength: rows,
    compressRatio: share,
    decayRatio: share,
  }),
});

const configSchema = z.strictObject({
  kvType: z.enum(['int8', 'float32']),
  policy: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('full') }),
    z.strictObject({ name: z.literal('streamingLlm'), share: positiveShare, sinkLength }),
    z.strictObject({ name: z.literal('h2o'), share: positiveShare, sinkLength }),
    z.strictObject({ name: z.literal('snapKv'), share: positiveShare, sinkLength, scoreRows: rows, pool }),
    z.strictObject({
      name: z.literal('pyramidKv'),
      share: positiveShare,
      sinkLength,
      scoreRows: rows,
      pool,
      taper: share,
    }),
    pyramid,
  ]),
});

export const POLICY_NAMES = ['full', 'streamingLlm', 'h2o', 'snapKv', 'pyramidKv', 'pyramidInfer'] as const;

/**
 * Checks a configuration from outside, as of a file, for a model with so many layers.
 * @throws EngineError COMPRESSION_INVALID naming the field and the allowed range
 */
export function parseCompressionConfig(json: unknown, numLayers: number): CompressionConfig {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) throw invalid(...firstIssue(parsed.error));
  const config = parsed.data as CompressionConfig;
  if (config.policy.name === 'pyramidInfer') checkDepths(config.policy, numLayers);
  return config;
}

export function createPolicy(config: PolicyConfig, numLayers: number): Policy {
  const window = { windowLength: 64, exceedLength: 16, distanceWeight: 1 };
  switch (config.name) {
    case 'full':
      return full;
    case 'pyramidInfer':
      return pyramidInfer(config, numLayers);
    case 'streamingLlm':
      return cacheBudget({
        share: () => config.share,
        sinkLength: config.sinkLength,
        window: (kept) => kept - config.sinkLength,
        scores: recentScores(1),
        perHead: false,
        generation: window,
      });
    case 'h2o':
      return cacheBudget({
        share: () => config.share,
        sinkLength: config.sinkLength,
        window: (kept) => Math.floor(kept / 2),
        // Every row of the prompt counts alike for each token that it can see.
        scores: { ...recentScores(0), spreadRows: Number.POSITIVE_INFINITY },
        perHead: false,
        generation: window,
      });
    case 'snapKv':
    case 'pyramidKv': {
      const taper = config.name === 'pyramidKv' ? config.taper : 0;
      const depth = (layer: number) => (numLayers > 1 ? layer / (numLayers - 1) : 0.5);
      return cacheBudget({
        share: (layer) => Math.min(1, config.share * (1 + taper * (1 - 2 * depth(layer)))),
        sinkLength: config.sinkLength,
        window: () => config.scoreRows,
        scores: { ...recentScores(config.scoreRows), pool: { by: 'max', rows: config.pool } },
        perHead: true,
        generation: window,
      });
    }
  }
}

function checkDepths({ schedule, cache, recentLength, recentRatio }: PyramidInferConfig, numLayers: number): void {
  if (schedule.type === 'step') {
    schedule.steps.forEach(([layer, share], i) => {
      const field = `policy.schedule.steps.${i}`;
      if (layer >= numLayers)
        throw invalid(field, `layer ${layer} is beyond the last; it must be 0 to ${numLayers - 1}`);
      const before = schedule.steps[i - 1];
      if (!before) return;
      if (layer <= before[0]) throw invalid(field, `layers must ascend, but ${layer} follows ${before[0]}`);
      if (share > before[1]) throw invalid(field, `shares must not rise with depth, but ${share} follows ${before[1]}`);
    });
  }
  if (cache && typeof cache.share !== 'number' && cache.share.length !== numLayers) {
    throw invalid('policy.cache.share', `${cache.share.length} shares were given; the model has ${numLayers} layers`);
  }
  if ((recentLength === undefined) === (recentRatio === undefined)) {
    throw invalid('policy.recentRatio', 'give either recentRatio (0 to 1) or recentLength (tokens)');
  }
}

/** Where it is and what is wrong; of a union, what the branch says that came furthest. */
function firstIssue(error: z.ZodError): [string, string] {
  const { path, message } = error.issues[0];
  return [path.join('.') || 'configuration', message];
}

function invalid(field: string, reason: string): EngineError {
  return new EngineError('COMPRESSION_INVALID', `The compression cannot be used: ${field}: ${reason}.`, { field });
}
