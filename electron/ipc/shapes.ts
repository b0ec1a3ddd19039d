import { z } from 'zod';
import { ENGINE_ERROR_CODES, type EngineErrorShape } from '../../engine/errors.js';
import type { PresetName } from '../../engine/types.js';

/** A message of more than this many UTF-16 units is refused at the door (REQUEST_INVALID), before it is copied around. */
export const MAX_MESSAGE_LENGTH = 8_000_000;

export const requestId = z.string().min(1).max(100);

/** As an error crosses a process. */
export const errorShape = z.strictObject({
  code: z.enum(ENGINE_ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
}) satisfies z.ZodType<EngineErrorShape>;

export const textRange = z.strictObject({ from: z.int().min(0), to: z.int().min(1) });

export const samplingOptions = z.strictObject({
  temperature: z.number().min(0).max(10),
  topK: z.int().min(0),
  topP: z.number().gt(0).max(1),
  minP: z.number().min(0).max(1),
  repetitionPenalty: z.number().gt(0).max(10),
  frequencyPenalty: z.number().min(-10).max(10),
  presencePenalty: z.number().min(-10).max(10),
  seed: z.int().min(0),
});

const PRESETS = ['off', 'faithful', 'balanced', 'compact', 'paper'] as const satisfies readonly PresetName[];

/** How much of the cache is given up: a preset, or the most bytes that K and V may take. */
export const compressionChoice = z.union(
  [z.strictObject({ preset: z.enum(PRESETS) }), z.strictObject({ budgetBytes: z.int().min(1) })],
  `Either {preset}, one of ${PRESETS.join(', ')}, or {budgetBytes}, a whole number of bytes above 0`,
);
