import type { EngineErrorShape } from './errors.js';

/** `default`: weights in 8-bit (or exact 4-bit) blocks; `float32`: the same graphs on float32 weights, for checking. */
export type Precision = 'default' | 'float32';

/**
 * How much of the cache is given up for memory and speed: `off` nothing; `faithful` late and steep (the deepest fifth of
 * the layers keeps sinks and recent tokens only); `paper` as published (Yang et al. 2024: cosine, p = .9, recent .2).
 */
export type PresetName = 'off' | 'faithful' | 'paper';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
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
  messages: readonly ChatMessage[];
  sampling?: Partial<SamplingOptions>;
  /** Most tokens to answer with; default: up to the end of the context. */
  maxTokens?: number;
  /** The answer ends before the first of these. */
  stop?: readonly string[];
}

/** One layer's cache. Bytes are K and V together. */
export interface KvLayerStats {
  /** Tokens whose K/V this layer holds. */
  tokens: number;
  /** Bytes of those tokens. */
  bytes: number;
  /** Bytes of the buffers as allocated. */
  bytesAllocated: number;
}

export interface KvStats {
  /** Tokens that the model has read or written in this chat. */
  tokensSeen: number;
  /** Tokens that fit the context. */
  contextLength: number;
  bytesInUse: number;
  bytesAllocated: number;
  /** What a full fp16 cache of `tokensSeen` tokens takes. */
  fullFp16Bytes: number;
  /** Σ cached tokens / (layers · tokensSeen), 1 for an empty cache. */
  keptFraction: number;
  /** Element type of the stored K/V. */
  dtype: 'float32' | 'float16' | 'int8';
  /** Tokens of `tokensSeen` that the running or last answer wrote. */
  generatedTokens: number;
  /** Layer 0 first. */
  layers: KvLayerStats[];
}

export interface GenerateTimings {
  /** Prompt to logits, milliseconds. */
  prefillMs: number;
  /** From the request to the first token, milliseconds; null if none came. */
  firstTokenMs: number | null;
  /** Mean over the tokens after the first; null before there are two. */
  decodeMsPerToken: number | null;
}

export type StopReason = 'endToken' | 'stopString' | 'maxTokens' | 'contextFull';

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

export interface RuntimeInfo {
  executionProvider: 'cpu' | 'webgpu';
  /** Which of the two session implementations runs, and why. */
  implementation: 'c-api' | 'binding';
  reason: string;
  onnxRuntimeVersion: string;
  threads: number;
  precision: Precision;
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
  /** Where converted models are kept. */
  cacheFolder: string;
  precision?: Precision;
  /** Default: off. */
  preset?: PresetName;
  /** Default: as many as the processor has cores. */
  threads?: number;
  /** Context to run with, tokens; default and maximum: what the model file says. */
  contextLength?: number;
  logger?: Logger;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

export interface Engine {
  readonly model: ModelInfo;
  readonly runtime: RuntimeInfo;
  /** Milliseconds from createEngine() to ready. */
  readonly loadMs: number;
  /** One at a time: while an answer runs, another request ends at once in `error` ENGINE_BUSY. */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void>;
  kvStats(): KvStats;
  /** Releases every native object. A running answer ends in `aborted`, later ones in `error` ENGINE_NOT_READY. */
  dispose(): Promise<void>;
}
