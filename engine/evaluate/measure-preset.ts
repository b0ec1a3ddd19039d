import type { CompressionConfig } from '../kv/compression-config.js';
import type { Runtime } from '../runtime/load-runtime.js';
import type { PresetMeasurement, RetrievalMeasurement } from '../types.js';
import { measureContinuation, summarizeContinuation, type WindowOutcome } from './continuation.js';
import type { AnsweredCase } from './interview.js';
import { measureRetrieval, type RetrievalMode, summarizeRetrieval } from './retrieval.js';
import type { RetrievalCase } from './retrieval-cases.js';
import type { TextWindow } from './windows.js';

/** What a compression costs on windows of one length, as a profile states it. @throws the signal's reason */
export async function measurePreset(
  runtime: Runtime,
  config: CompressionConfig,
  windows: readonly TextWindow[],
  signal?: AbortSignal,
): Promise<PresetMeasurement> {
  const outcomes: WindowOutcome[] = [];
  for await (const found of measureContinuation(runtime, [config], windows, { generationEviction: false, signal })) {
    outcomes.push(...found);
  }
  return presetMeasurement(outcomes, windows[0]);
}

/** @param outcomes of one preset, one for each window; `window`: any of them */
export function presetMeasurement(outcomes: readonly WindowOutcome[], window: TextWindow): PresetMeasurement {
  const measured = summarizeContinuation(outcomes, window, false);
  const { prefixTokens, keptFraction, deltaPpl, deltaPplCi, meanKl } = measured;
  return {
    prefixTokens,
    windows: measured.windows,
    keptFraction,
    bytesShare: measured.kvBytes / measured.fullFp16Bytes,
    deltaPpl,
    deltaPplCi,
    meanKl,
    prefillRatio: measured.prefillMs / measured.fullPrefillMs,
  };
}

/** What a compression costs in right answers, as a profile states it. @throws as measureRetrieval does */
export async function measurePresetRetrieval(
  runtime: Runtime,
  config: CompressionConfig,
  cases: readonly RetrievalCase[],
  mode: RetrievalMode,
  signal?: AbortSignal,
): Promise<RetrievalMeasurement> {
  const full: AnsweredCase[] = [];
  const compressed: AnsweredCase[] = [];
  for await (const found of measureRetrieval(runtime, [config], cases, { mode, signal })) {
    full.push(found.full);
    compressed.push(...found.compressed);
  }
  return retrievalMeasurement(mode, full, compressed);
}

/** @param full, compressed answers to the same cases, case by case */
export function retrievalMeasurement(
  mode: RetrievalMode,
  full: readonly AnsweredCase[],
  compressed: readonly AnsweredCase[],
): RetrievalMeasurement {
  const { n: questions, accuracy, fullAccuracy } = summarizeRetrieval(mode, full, compressed);
  return { mode, questions, accuracy, fullAccuracy };
}
