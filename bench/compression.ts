import { readFile } from 'node:fs/promises';
import { CACHE_FOLDER, DEFAULT_TEXT } from '../engine/cli/places.js';
import {
  type ContinuationMeasurement,
  measureContinuation,
  summarizeContinuation,
  type WindowOutcome,
} from '../engine/evaluate/continuation.js';
import { makeCases } from '../engine/evaluate/make-cases.js';
import {
  type CaseOutcome,
  measureRetrieval,
  type RetrievalMode,
  type RetrievalResult,
  summarizeRetrieval,
} from '../engine/evaluate/retrieval.js';
import { cutWindows, encodeText } from '../engine/evaluate/windows.js';
import { loadRuntime, type Runtime } from '../engine/runtime/load-runtime.js';
import { seededRandom } from '../engine/sampling/random.js';
import type { Precision } from '../engine/types.js';
import { type Contender, contendersOf } from './contenders.js';

export interface CompressionPlan {
  /** Tokens of the compressed prompts. */
  prefixes: readonly number[];
  /** Tokens behind each. */
  continuation: number;
  /** 0: none. */
  windows: number;
  /** Texts that are asked about, with four facts in each; 0: none. */
  cases: number;
  caseTokens: number;
  /** Names of the contenders to measure; null: all. */
  only: readonly string[] | null;
  threads: number;
  /** In the default precision any change at all makes int8 products round otherwise: a floor under every KL. */
  precision: Precision;
}

/** What contenders were measured to cost; a run may hold some of them, some lengths, or one mode only. */
export interface CompressionRows {
  /** Of the software that computed them. */
  versions: Record<string, string>;
  continuation: { name: string; measured: ContinuationMeasurement }[];
  retrieval: { name: string; caseTokens: number; measured: RetrievalResult }[];
}

const MODES: readonly RetrievalMode[] = ['ask', 'later'];
const CASE_SEED = 1;
const FACTS = 4;

/**
 * Measures every contender on the same windows and questions, beside the full float32 cache.
 * @yields all rows so far, after each length and each mode
 */
export async function* measureCompression(
  modelPath: string,
  plan: CompressionPlan,
  progress: (text: string) => void,
): AsyncGenerator<CompressionRows, void, void> {
  const { threads, precision } = plan;
  const runtime = await loadRuntime({ modelPath, cacheFolder: CACHE_FOLDER, threads, precision });
  try {
    const { info, config } = runtime.model;
    const { onnxRuntimeVersion, implementation } = runtime.info;
    const versions = { 'onnxruntime-node': `${onnxRuntimeVersion} (${implementation})` };
    const known = contendersOf({ hash: info.hash, numLayers: config.numLayers });
    const contenders = chosen(known, plan.only);
    const rows: CompressionRows = { versions, continuation: [], retrieval: [] };
    const text = await readFile(DEFAULT_TEXT, 'utf8');
    for (const prefix of plan.windows > 0 ? plan.prefixes : []) {
      rows.continuation.push(...(await continuations(runtime, contenders, text, prefix, plan, progress)));
      yield rows;
    }
    for (const mode of plan.cases > 0 ? MODES : []) {
      rows.retrieval.push(...(await retrievals(runtime, contenders, text, mode, plan, progress)));
      yield rows;
    }
  } finally {
    await runtime.release();
  }
}

function chosen(known: Contender[], only: readonly string[] | null): Contender[] {
  const unknown = only?.filter((name) => !known.some((contender) => contender.name === name)) ?? [];
  if (unknown.length === 0) return known.filter(({ name }) => only?.includes(name) ?? true);
  throw new Error(`There is no ${unknown.join(', ')}. There are: ${known.map(({ name }) => name).join('; ')}.`);
}

async function continuations(
  runtime: Runtime,
  contenders: readonly Contender[],
  text: string,
  prefix: number,
  { continuation, windows: count }: CompressionPlan,
  progress: (text: string) => void,
): Promise<CompressionRows['continuation']> {
  const { tokenizer } = runtime;
  const tokens = await encodeText(tokenizer, text);
  const plan = { prefix, continuation, windows: count };
  const windows = cutWindows(tokens, plan, tokenizer.addsBos ? tokenizer.bosTokenId : null);
  const configs = contenders.map(({ config }) => config);
  const outcomes: WindowOutcome[][] = [];
  for await (const found of measureContinuation(runtime, configs, windows, { generationEviction: false })) {
    outcomes.push(found);
    progress(`${prefix} tokens, window ${outcomes.length} of ${count}`);
  }
  return contenders.map(({ name }, i) => ({
    name,
    measured: summarizeContinuation(
      outcomes.map((found) => found[i]),
      windows[0],
      false,
    ),
  }));
}

async function retrievals(
  runtime: Runtime,
  contenders: readonly Contender[],
  text: string,
  mode: RetrievalMode,
  { cases: count, caseTokens }: CompressionPlan,
  progress: (text: string) => void,
): Promise<CompressionRows['retrieval']> {
  const { tokenizer } = runtime;
  const plan = { cases: count, facts: FACTS, tokens: caseTokens };
  const cases = makeCases(text, plan, (stretch) => tokenizer.encode(stretch).length, seededRandom(CASE_SEED));
  const configs = contenders.map(({ config }) => config);
  const outcomes: CaseOutcome[] = [];
  for await (const found of measureRetrieval(runtime, configs, cases, { mode })) {
    outcomes.push(found);
    progress(`${mode}, case ${outcomes.length} of ${count}`);
  }
  const full = outcomes.map((found) => found.full);
  return contenders.map(({ name }, i) => {
    const compressed = outcomes.map((found) => found.compressed[i]);
    return { name, caseTokens, measured: summarizeRetrieval(mode, full, compressed) };
  });
}
