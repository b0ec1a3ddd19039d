import { readFile } from 'node:fs/promises';
import { CACHE_FOLDER, DEFAULT_TEXT } from '../engine/cli/places.js';
import { median } from '../engine/evaluate/bootstrap.js';
import { likeliest } from '../engine/evaluate/distributions.js';
import { readPrompt, withMemory } from '../engine/evaluate/memories.js';
import { cutWindows, encodeText } from '../engine/evaluate/windows.js';
import { fullFp16Bytes } from '../engine/kv/compression.js';
import type { CompressionConfig } from '../engine/kv/compression-config.js';
import { presetConfig } from '../engine/kv/presets.js';
import type { ChatBatch } from '../engine/runtime/chat-batch.js';
import type { ChatMemory } from '../engine/runtime/chat-memory.js';
import { loadRuntime, type Runtime } from '../engine/runtime/load-runtime.js';
import { MOST_SEATS } from '../engine/runtime/writing/batch-decoder.js';
import { type MeasuredPreset, PRESETS } from './field.js';

export interface ThroughputPlan {
  threads: number;
  /** Of all sequences' K/V together; null: what some whole ones take in fp16. */
  budgetBytes: number | null;
  quick: boolean;
}

/** What a KV budget gives under a preset. */
export interface ThroughputRow {
  preset: MeasuredPreset;
  /** Most that the K/V of one sequence take, from its prompt to its last token. */
  sequenceBytes: number;
  /** Sequences that fit the budget, all written at once. */
  sequences: number;
  /** Written tokens a second: of one sequence by itself, … */
  alone: number;
  /** … of all together while they are written, and … */
  together: number;
  /** … over the whole time, with reading their prompts. */
  whole: number;
}

export interface ThroughputResult {
  budgetBytes: number;
  /** Sequences that it holds whole in fp16. */
  wholeSequences: number;
  promptTokens: number;
  answerTokens: number;
  rounds: number;
  rows: ThroughputRow[];
  versions: Record<string, string>;
}

/** The paper's own lengths. */
const WHOLE = { promptTokens: 512, answerTokens: 256, rounds: 3, fullSequences: 8 };
const QUICK = { promptTokens: 512, answerTokens: 16, rounds: 1, fullSequences: 2 };

type Lengths = Omit<typeof WHOLE, 'fullSequences'>;

/** How many sequences fit a KV budget, and how many tokens a second all of them get. */
export async function measureThroughput(
  modelPath: string,
  { threads, budgetBytes, quick }: ThroughputPlan,
  progress: (text: string) => void,
): Promise<ThroughputResult> {
  const { fullSequences, ...lengths } = quick ? QUICK : WHOLE;
  const contextLength = lengths.promptTokens + lengths.answerTokens;
  const runtime = await loadRuntime({ modelPath, cacheFolder: CACHE_FOLDER, threads, contextLength });
  const measured: Measured[] = [];
  try {
    const { config, info } = runtime.model;
    const budget = budgetBytes ?? fullSequences * fullFp16Bytes(config, contextLength);
    const text = await encodeText(runtime.tokenizer, await readFile(DEFAULT_TEXT, 'utf8'));
    for (const preset of PRESETS) {
      progress(`What a sequence takes under ${preset}`);
      const compression = presetConfig(preset, { hash: info.hash, numLayers: config.numLayers });
      const bytes = await sequenceBytes(runtime, compression, cutPrompts(runtime, text, 1, lengths)[0], lengths);
      const prompts = cutPrompts(runtime, text, sequencesIn(budget, bytes), lengths);
      const batch = await runtime.createBatch(compression.kvType, prompts.length);
      measured.push({ preset, compression, prompts, batch, bytes, alone: [], together: [] });
    }
    for (let round = 0; round < lengths.rounds; round++) {
      for (let i = 0; i < measured.length; i++) {
        const one = measured[(round + i) % measured.length];
        progress(`${one.prompts.length} sequences under ${one.preset}, round ${round + 1} of ${lengths.rounds}`);
        one.alone.push(await timedRun(runtime, { ...one, prompts: one.prompts.slice(0, 1), batch: null }, lengths));
        one.together.push(await timedRun(runtime, one, lengths));
      }
    }
    const { onnxRuntimeVersion, implementation } = runtime.info;
    const versions = { 'onnxruntime-node': `${onnxRuntimeVersion} (${implementation})` };
    const wholeSequences = budget / fullFp16Bytes(config, contextLength);
    return {
      budgetBytes: budget,
      wholeSequences,
      ...lengths,
      rows: measured.map((one) => rowOf(one, lengths)),
      versions,
    };
  } finally {
    for (const { batch } of measured) await batch.release();
    await runtime.release();
  }
}

interface Sequences {
  compression: CompressionConfig;
  /** Token ids, of each. */
  prompts: readonly (readonly number[])[];
  /** Null: of one sequence, without one. */
  batch: ChatBatch | null;
}

/** As many as fit. */
interface Measured extends Sequences {
  preset: MeasuredPreset;
  batch: ChatBatch;
  /** Most that one sequence takes. */
  bytes: number;
  /** Rounds of one sequence, and of all. */
  alone: RunTimes[];
  together: RunTimes[];
}

interface RunTimes {
  readMs: number;
  writeMs: number;
}

function rowOf({ preset, prompts, bytes, alone, together }: Measured, { answerTokens }: Lengths): ThroughputRow {
  const perSecond = (runs: readonly RunTimes[], sequences: number, time: (run: RunTimes) => number) =>
    median(runs.map((run) => (1000 * sequences * answerTokens) / time(run)));
  const sequences = prompts.length;
  return {
    ...{ preset, sequences, sequenceBytes: bytes },
    alone: perSecond(alone, 1, ({ writeMs }) => writeMs),
    together: perSecond(together, sequences, ({ writeMs }) => writeMs),
    whole: perSecond(together, sequences, ({ readMs, writeMs }) => readMs + writeMs),
  };
}

function sequencesIn(budget: number, bytes: number): number {
  const sequences = Math.floor(budget / bytes);
  if (sequences >= 1 && sequences <= MOST_SEATS) return sequences;
  const [least, most] = [bytes, bytes * MOST_SEATS].map((limit) => (limit / 1e6).toFixed(1));
  throw new Error(`--budget has to be from ${least} to ${most} MB, for 1 to ${MOST_SEATS} sequences.`);
}

function cutPrompts({ tokenizer }: Runtime, text: readonly number[], windows: number, lengths: Lengths) {
  const plan = { prefix: lengths.promptTokens, continuation: 0, windows };
  return cutWindows(text, plan, tokenizer.addsBos ? tokenizer.bosTokenId : null).map(({ prefix }) => prefix);
}

/** Most K/V that are in use from the prompt to the last token. */
function sequenceBytes(
  runtime: Runtime,
  compression: CompressionConfig,
  prompt: readonly number[],
  { answerTokens }: Lengths,
): Promise<number> {
  return withMemory(runtime, compression, async (memory) => {
    let next = likeliest(await readPrompt(memory, prompt));
    let most = memory.stats().bytesInUse;
    for (let written = 0; written < answerTokens; written++) {
      next = likeliest(await memory.append(next));
      most = Math.max(most, memory.stats().bytesInUse);
    }
    return most;
  });
}

/** Reads the prompts one after another, then writes all answers at once, greedily and past any end. */
async function timedRun(
  runtime: Runtime,
  { compression, prompts, batch }: Sequences,
  { answerTokens }: Lengths,
): Promise<RunTimes> {
  const memories: ChatMemory[] = [];
  try {
    for (const _ of prompts) memories.push(await runtime.createMemory(compression));
    const start = performance.now();
    const next: number[] = [];
    for (const [i, memory] of memories.entries()) next.push(likeliest(await readPrompt(memory, prompts[i])));
    const readAt = performance.now();
    for (let written = 0; written < answerTokens; written++) {
      const chats = memories.map((memory, i) => ({ memory, token: next[i] }));
      const logits = batch ? await batch.append(chats) : [await memories[0].append(next[0])];
      logits.forEach((row, i) => {
        next[i] = likeliest(row);
      });
    }
    return { readMs: readAt - start, writeMs: performance.now() - readAt };
  } finally {
    batch?.rest();
    for (const memory of memories) memory.release();
  }
}
