import { z } from 'zod';
import type { ModelOutline } from '../../engine/model/model-forecast.js';
import type { TensorType } from '../../engine/model/tensor-info.js';
import { appSettings } from './app-settings.js';
import { chatId } from './chat-shapes.js';
import { contract, precision } from './contract.js';
import { deviceChoice, need } from './model-contract.js';
import { compressionChoice, requestId } from './shapes.js';

const ARCHITECTURES = ['llama', 'qwen2', 'qwen3'] as const satisfies readonly ModelOutline['architecture'][];
const TYPES = [
  'F32',
  'F16',
  'BF16',
  'Q4_0',
  'Q4_1',
  'Q5_0',
  'Q5_1',
  'Q8_0',
  'Q4_K',
  'Q5_K',
  'Q6_K',
] as const satisfies readonly TensorType[];
const count = z.int().min(1).max(10_000_000);
const tensorType = z.enum(TYPES);

/** A model whose file is not here. */
export const modelOutline = z.strictObject({
  architecture: z.enum(ARCHITECTURES),
  numLayers: count,
  hiddenSize: count,
  intermediateSize: count,
  numHeads: count,
  numKvHeads: count,
  headDim: count,
  vocabSize: count,
  contextLength: count,
  tiedHead: z.boolean(),
  hash: z.string().nullable(),
  types: z.strictObject({ layers: tensorType, embedding: tensorType, head: tensorType }),
}) satisfies z.ZodType<ModelOutline>;

/** What models would take that are not here; `id` of the question. */
export const modelQuestion = z.strictObject({
  id: z.string(),
  outlines: z.array(modelOutline).max(1000),
  use: z.strictObject({ contextTokens: z.int().min(1), compression: compressionChoice, precision }),
});
export type ModelQuestion = z.infer<typeof modelQuestion>;

/** What is answered with one `end`. */
const asked = [
  z.strictObject({ type: z.literal('generate'), request: contract.generate.input }),
  z.strictObject({ type: z.literal('reread'), request: contract.reread.input }),
] as const;
const askCommand = z.discriminatedUnion('type', asked);
export type AskCommand = z.infer<typeof askCommand>;

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
    /** As the settings have them. */
    contextLength: appSettings.shape.contextLength,
    threads: appSettings.shape.threads,
    device: deviceChoice,
    /** It did so often that the processor is to take its place. */
    deviceFailed: z.boolean(),
    /** As MeasuringOptions of the engine. */
    measuring: z.strictObject({ textFile: z.string().min(1), folder: z.string().min(1) }),
    /** As ParkingOptions of the engine. */
    parking: z.strictObject({ folder: z.string().min(1) }),
  }),
  z.strictObject({ type: z.literal('eject') }),
  ...asked,
  z.strictObject({ type: z.literal('stop'), requestId }),
  z.strictObject({ type: z.literal('inspect') }),
  z.strictObject({ type: z.literal('takeUp'), chatId }),
  /** They were deleted. */
  z.strictObject({ type: z.literal('forget'), chatIds: z.array(chatId).readonly() }),
  /** The files of chats that are not in use were removed. */
  z.strictObject({ type: z.literal('removeParked') }),
  z.strictObject({ type: z.literal('forecast'), request: contract.forecast.input }),
  z.strictObject({ type: z.literal('costContexts'), compression: contract.costContexts.input.shape.compression }),
  z.strictObject({ type: z.literal('compare'), request: contract.compare.input }),
  z.strictObject({ type: z.literal('forecastComparison'), request: contract.forecastComparison.input }),
  /** Whether idle time is to be spent on a smaller memory, as it is at the moment. */
  z.strictObject({ type: z.literal('tidy'), mode: appSettings.shape.tidying }),
  z.strictObject({ type: z.literal('composing') }),
  z.strictObject({ type: z.literal('measurePresets') }),
  z.strictObject({ type: z.literal('stopMeasuring') }),
  z.strictObject({ type: z.literal('forecastModels'), question: modelQuestion }),
  z.strictObject({ type: z.literal('countTokens'), request: contract.countTokens.input }),
  /** Ends the running answer, releases the model and exits. */
  z.strictObject({ type: z.literal('quit') }),
]);
export type EngineCommand = z.infer<typeof engineCommand>;

/** Engine process → main: what main needs to judge a crash, and the log. Frames do not come this way. */
export const engineReport = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('model'),
    state: z.enum(['none', 'loading', 'ready', 'failed']),
    /** Of a model that is ready. */
    loaded: z.strictObject({ path: z.string(), hash: z.string() }).optional(),
    /** What is loaded, or why not, in a line for a report. */
    about: z.string().optional(),
    /** A model that is ready runs on a graphics processor. */
    onDevice: z.boolean().optional(),
  }),
  /** The graphics processor was lost, for as long as this process lives. */
  z.strictObject({ type: z.literal('deviceLost') }),
  /** It was still waiting when the process was asked to end. */
  z.strictObject({ type: z.literal('unanswered'), command: askCommand }),
  /** In the order of the question's outlines. */
  z.strictObject({
    type: z.literal('modelForecasts'),
    id: z.string(),
    forecasts: z.array(need),
    freeBytes: z.number(),
    totalBytes: z.number(),
  }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['info', 'warn', 'error']), message: z.string() }),
]);
export type EngineReport = z.infer<typeof engineReport>;
