import { z } from 'zod';
import { contract, precision } from './contract.js';

const requestId = contract.stop.input.shape.requestId;

/** Main → engine process. `connect` carries the MessagePort on which frames are to be sent. */
export const engineCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('connect') }),
  z.strictObject({
    type: z.literal('load'),
    path: z.string().min(1),
    /** What the file has to be; absent: whatever it is. */
    sha256: z.string().optional(),
    cacheFolder: z.string().min(1),
    precision,
    /** As MeasuringOptions of the engine. */
    measuring: z.strictObject({ textFile: z.string().min(1), folder: z.string().min(1) }),
  }),
  z.strictObject({ type: z.literal('eject') }),
  z.strictObject({ type: z.literal('generate'), request: contract.generate.input }),
  z.strictObject({ type: z.literal('reread'), request: contract.reread.input }),
  z.strictObject({ type: z.literal('stop'), requestId }),
  z.strictObject({ type: z.literal('inspect') }),
  z.strictObject({ type: z.literal('forecast'), request: contract.forecast.input }),
  z.strictObject({ type: z.literal('compare'), request: contract.compare.input }),
  z.strictObject({ type: z.literal('forecastComparison'), request: contract.forecastComparison.input }),
  z.strictObject({ type: z.literal('measurePresets') }),
  z.strictObject({ type: z.literal('stopMeasuring') }),
  /** Ends the running answer, releases the model and exits. */
  z.strictObject({ type: z.literal('quit') }),
]);
export type EngineCommand = z.infer<typeof engineCommand>;

/** Engine process → main: what main needs to judge a crash, and the log. Frames do not come this way. */
export const engineReport = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('model'), state: z.enum(['none', 'loading', 'ready', 'failed']) }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['info', 'warn', 'error']), message: z.string() }),
]);
export type EngineReport = z.infer<typeof engineReport>;
