import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { createEngine } from '../index.js';
import { isPresetName } from '../kv/choose-compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import { type Recording, recordEvent, withText } from '../trace/record.js';
import {
  type ChatCompression,
  type ChatMessage,
  type DeviceChoice,
  type Engine,
  type EngineEvent,
  type GenerateRequest,
  type KvType,
  PRESET_NAMES,
  type Precision,
} from '../types.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import { CACHE_FOLDER, modelPathOf } from './places.js';
import { readJsonFile } from './text-file.js';
import { numberOption, parseOptions, UsageError } from './usage-error.js';

type Ending = Extract<EngineEvent, { type: 'done' | 'aborted' | 'error' }>;

interface GenerateArguments {
  request: GenerateRequest;
  modelPath: string;
  precision: Precision;
  device: DeviceChoice;
  compression: ChatCompression | undefined;
  kvType: KvType | undefined;
  trace: string | undefined;
  json: boolean;
}

/** Streams an answer's text to stdout, or with --json prints one object. Ctrl+C stops it. */
export async function generate(args: string[]): Promise<void> {
  const { trace, ...given } = await readArguments(args);
  const file = trace === undefined ? null : await openOutputFile(trace);
  try {
    await answerWith(given, file);
  } finally {
    await file?.discard();
  }
}

async function answerWith(given: Omit<GenerateArguments, 'trace'>, traceFile: OutputFile | null): Promise<void> {
  const { request, modelPath, precision, device, compression, kvType, json } = given;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const engine = await createEngine({
    modelPath,
    precision,
    device,
    compression,
    kvType,
    cacheFolder: CACHE_FOLDER,
    signal: stop.signal,
  });
  try {
    const tracer = traceFile && createTracer(engine, request);
    const write = json ? () => {} : (text: string) => process.stdout.write(text);
    const ending = await answer(engine, request, stop.signal, (event) => {
      if (event.type === 'token') write(event.text);
      tracer?.see(event);
    });
    if (traceFile) await tracer?.save(ending, traceFile);
    if (ending.type === 'error') throw EngineError.fromShape(ending.error);
    process.stdout.write(json ? `${JSON.stringify(report(engine, ending))}\n` : '\n');
  } finally {
    await engine.dispose();
  }
}

/** Follows an answer for --trace, with what is said in it. */
function createTracer(engine: Engine, { messages }: GenerateRequest) {
  const number = Math.max(1, messages.filter(({ role }) => role === 'user').length);
  const start = { model: engine.model, number, date: new Date() };
  let recording: Recording | null = null;
  return {
    see(event: EngineEvent): void {
      recording = recordEvent(recording, event, start, performance.now());
    },
    /** Where nothing was read, there is nothing to save. */
    async save({ result }: Ending, file: OutputFile): Promise<void> {
      if (!recording) return;
      const said = [...messages, { role: 'assistant' as const, content: result?.text ?? '' }];
      await file.write(`${JSON.stringify(withText(recording, engine.textMemory(), said).trace)}\n`);
    },
  };
}

async function readArguments(args: string[]): Promise<GenerateArguments> {
  const options = parseOptions(args, {
    prompt: { type: 'string' },
    system: { type: 'string' },
    messages: { type: 'string' },
    model: { type: 'string' },
    'max-tokens': { type: 'string' },
    temperature: { type: 'string' },
    seed: { type: 'string' },
    precision: { type: 'string' },
    device: { type: 'string' },
    preset: { type: 'string' },
    'kv-budget': { type: 'string' },
    config: { type: 'string' },
    'kv-type': { type: 'string' },
    trace: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const { precision = 'default' } = options;
  if (precision !== 'default' && precision !== 'float32') {
    throw new UsageError(`--precision is default or float32, not ${JSON.stringify(precision)}.`);
  }
  const temperature = numberOption('temperature', options.temperature, (value) => value >= 0 && Number.isFinite(value));
  const seed = numberOption('seed', options.seed, (value) => Number.isSafeInteger(value) && value >= 0);
  return {
    request: {
      messages: await messagesOf(options),
      maxTokens: numberOption('max-tokens', options['max-tokens'], (value) => Number.isInteger(value) && value > 0),
      sampling: { ...(temperature !== undefined && { temperature }), ...(seed !== undefined && { seed }) },
    },
    modelPath: modelPathOf(options.model),
    precision,
    device: deviceOf(options.device),
    compression: await compressionOf(options.preset, options['kv-budget'], options.config),
    kvType: kvTypeOf(options['kv-type']),
    trace: options.trace,
    json: options.json ?? false,
  };
}

/** `megabytes`: what K and V may take; `config`: a file with a policy and its parameters, which the engine checks. */
async function compressionOf(
  preset: string | undefined,
  megabytes: string | undefined,
  config: string | undefined,
): Promise<ChatCompression | undefined> {
  if ([preset, megabytes, config].filter((given) => given !== undefined).length > 1) {
    throw new UsageError('Give one of --preset, --kv-budget and --config.');
  }
  if (config !== undefined) {
    return { config: (await readJsonFile(config, 'COMPRESSION_INVALID')) as CompressionConfig };
  }
  const budget = numberOption('kv-budget', megabytes, (value) => value > 0 && Number.isFinite(value));
  if (budget !== undefined) return { budgetBytes: Math.round(budget * 1e6) };
  if (preset === undefined) return undefined;
  if (isPresetName(preset)) return { preset };
  throw new UsageError(`--preset is one of ${PRESET_NAMES.join(', ')}, not ${JSON.stringify(preset)}.`);
}

function deviceOf(name = 'cpu'): DeviceChoice {
  if (name === 'cpu' || name === 'webgpu' || name === 'auto') return name;
  throw new UsageError(`--device is cpu, webgpu or auto, not ${JSON.stringify(name)}.`);
}

function kvTypeOf(name: string | undefined): KvType | undefined {
  if (name === undefined || name === 'int8' || name === 'float32') return name;
  throw new UsageError(`--kv-type is int8 or float32, not ${JSON.stringify(name)}.`);
}

async function messagesOf(options: { prompt?: string; system?: string; messages?: string }): Promise<ChatMessage[]> {
  const { prompt, system, messages } = options;
  if ((prompt === undefined) === (messages === undefined)) throw new UsageError('Give either --prompt or --messages.');
  if (messages !== undefined) return readMessages(messages);
  const asked: ChatMessage = { role: 'user', content: prompt ?? '' };
  return system === undefined ? [asked] : [{ role: 'system', content: system }, asked];
}

const messagesSchema = z.array(
  z.strictObject({
    role: z.enum(['system', 'user', 'assistant']),
    content: z.string(),
    pinned: z.boolean().optional(),
  }),
);

/** @throws EngineError REQUEST_INVALID */
async function readMessages(path: string): Promise<ChatMessage[]> {
  try {
    // Bytes that are no UTF-8 are a mistake in the file, not text to be guessed at.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return messagesSchema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new EngineError(
      'REQUEST_INVALID',
      `${path} cannot be used: ${reason}. It must be UTF-8 JSON: [{"role": "user", "content": "…"}, …].`,
      undefined,
      { cause },
    );
  }
}

async function answer(
  engine: Engine,
  request: GenerateRequest,
  signal: AbortSignal,
  see: (event: EngineEvent) => void,
): Promise<Ending> {
  for await (const event of engine.generate(request, signal)) {
    see(event);
    if (event.type !== 'token' && event.type !== 'prefill') return event;
  }
  throw new EngineError('INTERNAL', 'The answer ended without saying how.');
}

function report(engine: Engine, ending: Exclude<Ending, { type: 'error' }>) {
  const { text, promptTokens, completionTokens, seed, timings, kv } = ending.result;
  return {
    text,
    promptTokens,
    completionTokens,
    stopReason: ending.type === 'done' ? ending.stopReason : 'aborted',
    seed,
    executionProvider: engine.runtime.executionProvider,
    timings: { loadMs: engine.loadMs, ...timings },
    kv: {
      tokensSeen: kv.tokensSeen,
      bytesAllocated: kv.bytesAllocated,
      bytesInUse: kv.bytesInUse,
      fullFp16Bytes: kv.fullFp16Bytes,
      keptFraction: kv.keptFraction,
      dtype: kv.dtype,
      compression: kv.compression,
      budgetBytes: kv.budgetBytes,
      layers: kv.layers,
    },
  };
}
