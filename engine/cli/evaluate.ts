import { EngineError } from '../errors.js';
import { compactingTo } from '../evaluate/compacting.js';
import {
  type ContinuationMeasurement,
  measureContinuation,
  summarizeContinuation,
  type WindowOutcome,
} from '../evaluate/continuation.js';
import { cutWindows, encodeText, type TextWindow, type WindowPlan } from '../evaluate/windows.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import type { Runtime } from '../runtime/load-runtime.js';
import {
  COMPACT_OPTION,
  COMPRESSION_OPTIONS,
  type CompressionSource,
  compactShare,
  compressionOf,
  compressionSource,
} from './compression-option.js';
import { printReport } from './report.js';
import { StoppedError } from './stopped-error.js';
import { readTextFile } from './text-file.js';
import { countOption, parseOptions, UsageError } from './usage-error.js';
import { MODEL_OPTIONS, modelChoice, progress, withRuntime } from './with-runtime.js';

interface EvaluateArguments extends WindowPlan {
  text: string;
  source: CompressionSource;
  generationEviction: boolean;
  compact: number | null;
  json: boolean;
}

/** Prints what a compression costs on text, beside the full cache on the same windows. */
export async function evaluate(args: string[]): Promise<void> {
  const values = parseOptions(args, {
    ...MODEL_OPTIONS,
    ...COMPRESSION_OPTIONS,
    text: { type: 'string' },
    prefix: { type: 'string' },
    continuation: { type: 'string' },
    windows: { type: 'string' },
    'generation-eviction': { type: 'boolean', default: false },
    ...COMPACT_OPTION,
    json: { type: 'boolean', default: false },
  });
  if (values.text === undefined) throw new UsageError('--text is needed: a file of the text to measure on.');
  const options: EvaluateArguments = {
    text: values.text,
    // One token alone is no prompt that could be compressed, and none that the kernels round as they do others.
    prefix: countOption('prefix', values.prefix, 2) ?? 2048,
    continuation: countOption('continuation', values.continuation) ?? 256,
    windows: countOption('windows', values.windows) ?? 24,
    source: compressionSource(values),
    generationEviction: values['generation-eviction'],
    compact: compactShare(values.compact),
    json: values.json,
  };
  const choice = modelChoice(values);
  await withRuntime(choice, (runtime, signal) => evaluateWith(runtime, options, signal));
}

async function evaluateWith(runtime: Runtime, options: EvaluateArguments, signal: AbortSignal): Promise<void> {
  const config = await compressionOf(options.source, runtime);
  checkContext(runtime, options);
  const tokens = await encodeText(runtime.tokenizer, await readTextFile(options.text, 'REQUEST_INVALID'), signal);
  const { addsBos, bosTokenId } = runtime.tokenizer;
  const windows = cutWindows(tokens, options, addsBos ? bosTokenId : null);
  const { generationEviction, compact } = options;
  const compacting = compact === null ? undefined : compactingTo(compact, runtime.tokenizer);
  const measuring = { generationEviction, compacting, signal };
  const outcomes: WindowOutcome[] = [];
  try {
    for await (const [outcome] of measureContinuation(runtime, [config], windows, measuring)) {
      outcomes.push(outcome);
      progress(`Window ${outcomes.length} of ${windows.length}: KL ${outcome.kl.toFixed(5)}`);
    }
  } catch (thrown) {
    if (!signal.aborted || outcomes.length === 0) throw thrown;
  }
  print(runtime, options, config, outcomes, windows[0]);
  if (signal.aborted) throw new StoppedError(`Stopped after ${outcomes.length} of ${windows.length} windows.`);
}

/** @throws EngineError REQUEST_INVALID */
export function checkContext({ contextLength }: Runtime, { prefix, continuation }: Omit<WindowPlan, 'windows'>): void {
  if (prefix + continuation <= contextLength) return;
  throw new EngineError(
    'REQUEST_INVALID',
    `A window of ${prefix} + ${continuation} tokens is longer than the model's context of ${contextLength}.`,
    { prefix, continuation, contextLength },
  );
}

function print(
  { model }: Runtime,
  { source, generationEviction, compact, json }: EvaluateArguments,
  config: CompressionConfig,
  outcomes: readonly WindowOutcome[],
  window: TextWindow,
): void {
  const measurement = summarizeContinuation(outcomes, window, generationEviction);
  const report = {
    ...measurement,
    model: model.info.name,
    modelHash: model.info.hash,
    precision: model.precision,
    preset: 'preset' in source ? source.preset : null,
    compression: config,
    compactedTo: compact,
  };
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printReport(describe(measurement));
}

function describe(measured: ContinuationMeasurement): [string, string][] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const signed = (share: number) => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(2)} %`;
  const { windows, prefixTokens, continuationTokens, deltaPplCi, meanKlCi, kvBytes, fullFp16Bytes } = measured;
  const { compactMs, prefillMs } = measured;
  const compacting =
    compactMs === null ? 'not done' : `${compactMs.toFixed(0)} ms, ${(compactMs / prefillMs).toFixed(2)} × the prefill`;
  return [
    ['Windows', `${windows} of ${prefixTokens} + ${continuationTokens} tokens`],
    ['Perplexity', `${measured.ppl.toFixed(3)}; full cache ${measured.fullPpl.toFixed(3)}`],
    ['Change', `${signed(measured.deltaPpl)} (95 %: ${deltaPplCi.map(signed).join(' … ')})`],
    ['KL to full', `${measured.meanKl.toFixed(5)} (95 %: ${meanKlCi.map((kl) => kl.toFixed(5)).join(' … ')})`],
    ['Same likeliest', percent(measured.top1Agreement)],
    ['Tokens kept', `${percent(measured.keptFraction)}; at the end ${percent(measured.finalKeptFraction)}`],
    ['Rows computed', percent(measured.computeFraction)],
    ['KV bytes', `${(kvBytes / 1e6).toFixed(1)} MB, ${percent(kvBytes / fullFp16Bytes)} of a full fp16 cache`],
    ['Allocated', `${(measured.bytesAllocated / 1e6).toFixed(1)} MB`],
    ['Prefill', `${prefillMs.toFixed(0)} ms; full cache ${measured.fullPrefillMs.toFixed(0)} ms`],
    ['Compacting', compacting],
  ];
}
