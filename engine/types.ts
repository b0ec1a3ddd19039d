import type { Comparing } from './comparison-types.js';
import type { DeviceChoice, RuntimeInfo } from './device-types.js';
import type { EngineErrorShape } from './errors.js';
import type { CompressionConfig } from './kv/compression-config.js';
import type { Measuring, MeasuringOptions } from './measuring-types.js';
import type { KvStats, KvType, MemoryRoom, TextMemory } from './memory-types.js';
import type { Parking, ParkingOptions } from './parking-types.js';
import type { Tidying } from './tidying-types.js';

export type * from './comparison-types.js';
export type * from './device-types.js';
export type * from './measuring-types.js';
export type * from './memory-types.js';
export type * from './parking-types.js';
export type * from './tidying-types.js';

/** `default`: weights in 8 bits, or the file's own 4; `float32`: the same graphs on float32 weights, for checking. */
export type Precision = 'default' | 'float32';

export const PRESET_NAMES = ['off', 'faithful', 'balanced', 'compact', 'paper'] as const;
/**
 * How much of the cache is given up for memory and speed, by what it costs: `off` nothing; `faithful` next to nothing;
 * `balanced` little; `compact` at most 46 % of the tokens stay; `paper` as published (Yang et al. 2024: cosine, p = .9,
 * recent .2). What each is for a model, and what it was measured to cost, stands in the model's profile.
 */
export type PresetName = (typeof PRESET_NAMES)[number];

/** A preset, or the most bytes that K and V may take: the mildest compression that fits is then chosen turn by turn. */
export type CompressionChoice = { preset: PresetName } | { budgetBytes: number };

/** What a chat can be under: a choice, or any policy with its parameters, those of others for comparison among them. */
export type ChatCompression = CompressionChoice | { config: CompressionConfig };

/** What a preset was measured to cost, beside the full cache in the same run (engine/evaluate). */
export interface PresetMeasurement {
  /** Tokens of the prompt that was compressed. */
  prefixTokens: number;
  windows: number;
  /** Σ cached tokens / (layers · tokens seen). */
  keptFraction: number;
  /** Bytes of K and V in use, of those of a full fp16 cache. */
  bytesShare: number;
  /** Relative change of perplexity over the continuation: .006 is +0.6 %; with its 95 % interval. */
  deltaPpl: number;
  deltaPplCi: readonly [number, number];
  /** KL(full ‖ compressed) of the next-token distributions, nats. */
  meanKl: number;
  /** Time to read the prompt, of that with the full cache. */
  prefillRatio: number;
}

/** Questions about facts in a long text, answered under a preset and with the full cache. */
export interface RetrievalMeasurement {
  /** `ask`: the question ends the compressed prompt; `later`: it comes in a later turn. */
  mode: 'ask' | 'later';
  questions: number;
  /** Share of right answers. */
  accuracy: number;
  fullAccuracy: number;
}

export interface PresetInfo {
  name: PresetName;
  /** Null: never measured for this model. */
  measured: {
    date: string;
    command: string;
    continuation: readonly PresetMeasurement[];
    retrieval: readonly RetrievalMeasurement[];
  } | null;
}

/** Units `from` … `to` − 1 of a text, UTF-16. */
export interface TextRange {
  from: number;
  to: number;
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
  /** Its tokens, or those of some stretches of its content, are never dropped, as those of a system message never are. */
  pinned?: boolean | readonly TextRange[];
}

export interface SamplingOptions {
  /** 0 = greedy. */
  temperature: number;
  /** Keep the k most likely tokens; 0 = all. */
  topK: number;
  /** Keep the smallest set whose probabilities reach p; 1 = all. */
  topP: number;
  /** Keep tokens at least this share as likely as the best; 0 = all. */
  minP: number;
  /** > 1 makes tokens seen before less likely (divides positive logits, multiplies negative ones); 1 = off. */
  repetitionPenalty: number;
  /** Subtracted once for each earlier occurrence in the answer. */
  frequencyPenalty: number;
  /** Subtracted once if the token is in the answer already. */
  presencePenalty: number;
  /** Same seed, same text. Absent: a random one, reported in the result. */
  seed?: number;
}

export interface GenerateRequest {
  /** If the last is the assistant's, it is written on; the result's text is what was added. */
  messages: readonly ChatMessage[];
  sampling?: Partial<SamplingOptions>;
  /** Most tokens to answer with; default: up to the end of the context. */
  maxTokens?: number;
  /** The answer ends before the first of these. */
  stop?: readonly string[];
  /** Default: the engine's. Another one than the turn before had: the conversation is read again. */
  compression?: ChatCompression;
  /** Whose memory it is about, where those of several chats are kept (ParkingOptions). */
  chatId?: string;
}

/** A conversation without an answer. */
export type ConversationRequest = Pick<GenerateRequest, 'messages' | 'compression' | 'chatId'>;

/** What a conversation would come to, if it were sent. */
export interface Forecast {
  promptTokens: number;
  /** Of these, those that need not be read again. */
  reusedTokens: number;
  contextLength: number;
  /** K and V behind the prompt, at most; and of a full fp16 cache. */
  kvBytes: number;
  fullFp16Bytes: number;
  /** By what this machine took for the prompts before; null: it has read none with this model. */
  firstTokenMs: number | null;
}

/** What the memory of a chat takes whose context is full. */
export interface ContextCost {
  contextLength: number;
  /** Under the compression asked about, at most; null: no text of that length keeps to its budget. */
  kvBytes: number | null;
  fullFp16Bytes: number;
}

export interface GenerateTimings {
  /** Prompt to logits, milliseconds. */
  prefillMs: number;
  /** From the request to the first token, milliseconds; null if none came. */
  firstTokenMs: number | null;
  /** Mean over the tokens after the first; null before there are two. */
  decodeMsPerToken: number | null;
}

/** `read`: nothing was to be written. */
export type StopReason = 'endToken' | 'stopString' | 'maxTokens' | 'contextFull' | 'read';

/** What an answer came to, also when it was stopped or failed on the way. */
export interface GenerateResult {
  text: string;
  promptTokens: number;
  /** Prompt tokens whose K/V were still cached from the turn before. */
  reusedTokens: number;
  completionTokens: number;
  seed: number;
  timings: GenerateTimings;
  kv: KvStats;
}

/** Every generation ends with exactly one of `done`, `aborted`, `error`. */
export type EngineEvent =
  | { type: 'prefill'; processed: number; total: number; reused: number; kv: KvStats }
  /** `text` may be empty while a character is not complete. `tokens`: written so far. */
  | { type: 'token'; text: string; tokens: number; timings: GenerateTimings; kv: KvStats }
  | { type: 'done'; stopReason: StopReason; result: GenerateResult }
  | { type: 'aborted'; result: GenerateResult }
  | { type: 'error'; error: EngineErrorShape; result: GenerateResult | null };

export interface ModelInfo {
  /** As the file says, else its name. */
  name: string;
  path: string;
  fileBytes: number;
  /** SHA-256 of the file (of a folder: over its files' hashes), hex. */
  hash: string;
  architecture: string;
  /** Of most of the file's weights, as its format names it: Q4_1, BF16 … */
  quantization: string;
  parameters: number;
  layers: number;
  hiddenSize: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  vocabSize: number;
  /** As the file says. */
  contextLength: number;
  tokenizer: string;
}

export type LoadPhase = 'check' | 'import' | 'load';

export interface LoadProgress {
  phase: LoadPhase;
  /** 0 … 1 over all phases. */
  fraction: number;
  /** Bytes of weights read so far, of all. */
  bytesDone: number;
  bytesTotal: number;
}

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

export interface CreateEngineOptions {
  /** A GGUF file or a safetensors folder. */
  modelPath: string;
  /** What the file has to be, in hex; default: whatever it is. */
  sha256?: string;
  /** Where converted models are kept. */
  cacheFolder: string;
  precision?: Precision;
  /** Default: the preset `faithful`. */
  compression?: ChatCompression;
  /** Default: int8, but float32 where the precision is float32. */
  kvType?: KvType;
  /** Default, and at most: as many as the processor has cores. */
  threads?: number;
  /** Default: `cpu`. */
  device?: DeviceChoice;
  /** Where `webgpu` cannot be used at all: the processor, and a note why, instead of an error. */
  orProcessor?: boolean;
  /** The device was lost or brought the engine down, more than once: the processor, whatever `device` says. */
  deviceFailed?: boolean;
  /** Most tokens of context to run with; a model that has fewer, or by default, runs with what its file says. */
  contextLength?: number;
  /** Of the computer's memory, if K and V are in it; default: as the system says. A prompt that needs more is refused. */
  freeBytes?: () => number;
  /** Default: a chat that is left is read again. */
  parking?: ParkingOptions;
  /** Default: nothing can be measured. */
  measuring?: MeasuringOptions;
  logger?: Logger;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

export interface Engine extends Comparing, Measuring, Tidying {
  readonly model: ModelInfo;
  readonly runtime: RuntimeInfo;
  /** Milliseconds from createEngine() to ready. */
  readonly loadMs: number;
  /** All of PRESET_NAMES, in their order. */
  readonly presets: readonly PresetInfo[];
  /** The memories of chats that are not in use. */
  readonly parking: Parking;
  /** A smaller budget is refused: a text of this model can take so much at the strongest compression. */
  readonly leastBudgetBytes: number;
  /** One at a time: while an answer runs, another request ends at once in `error` ENGINE_BUSY. */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void>;
  /**
   * Reads a conversation from its beginning, whatever of it is cached, and writes nothing: for a compression or pins that
   * are to hold at once. Events and refusals are those of `generate`. Stopped, what it had read is forgotten.
   */
  reread(request: ConversationRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void>;
  kvStats(): KvStats;
  room(): MemoryRoom;
  /** @throws EngineError as `generate` would end; the signal's reason */
  forecast(request: ConversationRequest, signal?: AbortSignal): Promise<Forecast>;
  /** Of a text that stands alone, without a chat template. */
  countTokens(text: string): Promise<number>;
  textMemory(): TextMemory;
  /**
   * What the memory of a full context would take, for lengths from 1024 to the model's own.
   * @throws EngineError COMPRESSION_INVALID
   */
  contextCosts(compression?: ChatCompression): ContextCost[];
  /** Releases every native object. A running answer ends in `aborted`, later ones in `error` ENGINE_NOT_READY. */
  dispose(): Promise<void>;
}
