import type { CompressionConfig } from '../kv/compression-config.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { type RandomSource, seededRandom } from '../sampling/random.js';
import type { KvStats } from '../types.js';
import { bootstrapInterval, mean, median } from './bootstrap.js';
import type { Compacting } from './compacting.js';
import { ReferenceDistributions } from './distributions.js';
import { FULL_CACHE, readPrompt, withMemories } from './memories.js';
import type { TextWindow } from './windows.js';

/** What a compression costs on text that goes on behind a compressed prompt, beside the full float32 cache. */
export interface ContinuationMeasurement {
  windows: number;
  /** Tokens of each window's prompt, and tokens predicted behind it. */
  prefixTokens: number;
  continuationTokens: number;
  /** Tokens of the continuation were dropped again, as those of an answer are. */
  generationEviction: boolean;
  /** Perplexity over all continuations, and with the full cache. */
  ppl: number;
  fullPpl: number;
  /** ppl / fullPpl − 1, with its 95 % interval by bootstrap over windows. */
  deltaPpl: number;
  deltaPplCi: [lower: number, upper: number];
  /** KL(full ‖ compressed) of the next-token distributions, nats, with its 95 % interval. */
  meanKl: number;
  meanKlCi: [lower: number, upper: number];
  /** Share of places where both find the same token likeliest. */
  top1Agreement: number;
  /** Σ cached tokens / (layers · tokens seen): behind the prompt, and behind the continuation. */
  keptFraction: number;
  finalKeptFraction: number;
  /** Rows computed while reading, of those of the full cache, averaged over layers. */
  computeFraction: number;
  /** Behind the prompt: bytes of K and V in use, of the buffers as allocated, and of a full fp16 cache. */
  kvBytes: number;
  bytesAllocated: number;
  fullFp16Bytes: number;
  /** Median time to read the prompt; both are read in turns in the same process. */
  prefillMs: number;
  fullPrefillMs: number;
  /** Median time to compact behind the prompt, in the same process; null: nothing was. */
  compactMs: number | null;
}

/** One window under one compression. */
export interface WindowOutcome {
  /** Means over the continuation: negative log-likelihood and KL in nats, share of equal likeliest tokens. */
  loss: number;
  fullLoss: number;
  kl: number;
  agreement: number;
  prefillMs: number;
  fullPrefillMs: number;
  compactMs: number | null;
  computeFraction: number;
  /** Behind the prompt. */
  kv: KvStats;
  /** Behind the continuation. */
  finalKeptFraction: number;
}

export interface ContinuationOptions {
  generationEviction: boolean;
  /** What is done to every compressed memory behind its prompt. */
  compacting?: Compacting;
  signal?: AbortSignal;
}

/**
 * Reads each window's prompt with the full float32 cache and under every compression, then feeds the text that follows,
 * token by token where what was fed may be dropped again. Who reads first changes from window to window, so that none always finds the warmer machine.
 * @yields one outcome for each of `configs`, window by window
 * @throws the signal's reason
 */
export async function* measureContinuation(
  runtime: Runtime,
  configs: readonly CompressionConfig[],
  windows: readonly TextWindow[],
  options: ContinuationOptions,
): AsyncGenerator<WindowOutcome[], void, void> {
  yield* withMemories(runtime, [FULL_CACHE, ...configs], async function* (memories) {
    const [full, ...compressed] = memories;
    for (const [turn, window] of windows.entries()) {
      const reading = new Map<ChatMemory, Reading>();
      for (let i = 0; i < memories.length; i++) {
        const memory = memories[(turn + i) % memories.length];
        const read = await readPrefix(memory, window, options.signal);
        reading.set(memory, memory === full ? read : await compacted(memory, read, options));
      }
      const read = (memory: ChatMemory) => reading.get(memory) as Reading;
      const reference = await continueReference(full, read(full), window, options);
      const outcomes: WindowOutcome[] = [];
      for (const memory of compressed) {
        outcomes.push(await continueCompared(memory, read(memory), reference, options));
      }
      yield outcomes;
    }
  });
}

/** @param outcomes of one compression, one for each window; `random`: for the intervals */
export function summarizeContinuation(
  outcomes: readonly WindowOutcome[],
  { prefix, continuation }: TextWindow,
  generationEviction: boolean,
  random: RandomSource = seededRandom(0),
): ContinuationMeasurement {
  const average = (of: (outcome: WindowOutcome) => number) => mean(outcomes.map(of));
  const relative = (lossDifference: number) => Math.expm1(lossDifference);
  const lossDifferences = outcomes.map(({ loss, fullLoss }) => loss - fullLoss);
  const kls = outcomes.map(({ kl }) => kl);
  const compactMs = outcomes.flatMap((outcome) => outcome.compactMs ?? []);
  return {
    windows: outcomes.length,
    prefixTokens: prefix.length,
    continuationTokens: continuation.length,
    generationEviction,
    ppl: Math.exp(average(({ loss }) => loss)),
    fullPpl: Math.exp(average(({ fullLoss }) => fullLoss)),
    deltaPpl: relative(mean(lossDifferences)),
    deltaPplCi: bootstrapInterval(lossDifferences, random, relative),
    meanKl: mean(kls),
    meanKlCi: bootstrapInterval(kls, random),
    top1Agreement: average(({ agreement }) => agreement),
    keptFraction: average(({ kv }) => kv.keptFraction),
    finalKeptFraction: average(({ finalKeptFraction }) => finalKeptFraction),
    computeFraction: average(({ computeFraction }) => computeFraction),
    kvBytes: Math.round(average(({ kv }) => kv.bytesInUse)),
    bytesAllocated: Math.round(average(({ kv }) => kv.bytesAllocated)),
    fullFp16Bytes: Math.round(average(({ kv }) => kv.fullFp16Bytes)),
    prefillMs: median(outcomes.map(({ prefillMs }) => prefillMs)),
    fullPrefillMs: median(outcomes.map(({ fullPrefillMs }) => fullPrefillMs)),
    compactMs: compactMs.length > 0 ? median(compactMs) : null,
  };
}

/** A prompt that was just read. */
interface Reading {
  /** Of its last token, [vocabSize]; a copy. */
  logits: Float32Array;
  ms: number;
  compactMs: number | null;
  computeFraction: number;
  kv: KvStats;
}

/** A window as the full cache sees it. */
export interface WindowReference {
  window: TextWindow;
  /** Row i: before token i of the continuation. */
  distributions: ReferenceDistributions;
  prefillMs: number;
}

/** @param full a memory under FULL_CACHE */
export async function readReference(
  full: ChatMemory,
  window: TextWindow,
  signal?: AbortSignal,
): Promise<WindowReference> {
  return continueReference(full, await readPrefix(full, window, signal), window, { generationEviction: false, signal });
}

/** One window under the compression of `memory`, beside the full cache's. */
export async function compareWindow(
  memory: ChatMemory,
  reference: WindowReference,
  options: ContinuationOptions,
): Promise<WindowOutcome> {
  const reading = await readPrefix(memory, reference.window, options.signal);
  return continueCompared(memory, reading, reference, options);
}

async function compacted(
  memory: ChatMemory,
  reading: Reading,
  { compacting, signal }: ContinuationOptions,
): Promise<Reading> {
  if (!compacting) return reading;
  const start = performance.now();
  await compacting(memory, signal);
  return { ...reading, compactMs: performance.now() - start, kv: memory.stats() };
}

async function readPrefix(memory: ChatMemory, { prefix }: TextWindow, signal?: AbortSignal): Promise<Reading> {
  memory.clear();
  const start = performance.now();
  const logits = await readPrompt(memory, prefix, signal);
  const ms = performance.now() - start;
  // The memory's own logits are good until its next run only, and others may share them.
  const { computeFraction } = memory;
  return { logits: logits.slice(), ms, compactMs: null, computeFraction, kv: memory.stats() };
}

async function continueReference(
  full: ChatMemory,
  { logits, ms }: Reading,
  window: TextWindow,
  { generationEviction, signal }: ContinuationOptions,
): Promise<WindowReference> {
  const distributions = new ReferenceDistributions(window.continuation.length, logits.length);
  // As those that are compared with it are fed: one row is rounded otherwise than several.
  const rows = alongContinuation(full, logits, window.continuation, { oneByOne: generationEviction, signal });
  for await (const { row, logits: found } of rows) distributions.set(row, found);
  full.clear();
  return { window, distributions, prefillMs: ms };
}

async function continueCompared(
  memory: ChatMemory,
  { logits, ms, compactMs, computeFraction, kv }: Reading,
  { window, distributions, prefillMs }: WindowReference,
  { generationEviction, signal }: ContinuationOptions,
): Promise<WindowOutcome> {
  const total = { loss: 0, fullLoss: 0, kl: 0, agreement: 0 };
  const rows = alongContinuation(memory, logits, window.continuation, { oneByOne: generationEviction, signal });
  for await (const { row, logits: found } of rows) {
    const { loss, referenceLoss, kl, agrees } = distributions.compare(row, found, window.continuation[row]);
    total.loss += loss;
    total.fullLoss += referenceLoss;
    total.kl += kl;
    total.agreement += agrees ? 1 : 0;
  }
  const { keptFraction: finalKeptFraction } = memory.stats();
  memory.clear();
  const tokens = window.continuation.length;
  return {
    loss: total.loss / tokens,
    fullLoss: total.fullLoss / tokens,
    kl: total.kl / tokens,
    agreement: total.agreement / tokens,
    prefillMs: ms,
    fullPrefillMs: prefillMs,
    compactMs,
    computeFraction,
    kv,
    finalKeptFraction,
  };
}

/** Tokens that are run at once where none are dropped in between: bounds the memory for their logits. */
const ROWS_AT_ONCE = 64;

/**
 * Feeds a continuation behind a prompt that was just read. `oneByOne`: as an answer is written, dropping too.
 * @yields the logits before each token of the continuation, [vocabSize]; good until the next are asked for
 * @throws the signal's reason
 */
export async function* alongContinuation(
  memory: ChatMemory,
  promptLogits: Float32Array,
  continuation: readonly number[],
  { oneByOne, signal }: { oneByOne: boolean; signal?: AbortSignal },
): AsyncGenerator<{ row: number; logits: Float32Array }, void, void> {
  yield { row: 0, logits: promptLogits };
  const vocabSize = promptLogits.length;
  // Nothing is predicted behind the last token: it need not run.
  const tokens = continuation.slice(0, -1);
  const atOnce = oneByOne ? 1 : ROWS_AT_ONCE;
  for (let from = 0; from < tokens.length; from += atOnce) {
    signal?.throwIfAborted();
    const part = tokens.slice(from, from + atOnce);
    const logits = oneByOne ? await memory.append(part[0]) : await memory.appendAll(part);
    for (let i = 0; i < part.length; i++) {
      yield { row: from + i + 1, logits: logits.subarray(i * vocabSize, (i + 1) * vocabSize) };
    }
  }
}
