import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LoadOptions } from './peer.js';
import { CONTEXT_MARGIN, type PeerName, PeerProcess, settled } from './peer-process.js';
import { createPromptMaker, type PromptMaker } from './prompts.js';
import { type Quartiles, quartiles } from './statistics.js';

export type Quantity = 'import' | 'load' | 'firstToken' | 'decode';

/** One quantity, milliseconds: of a load, of a first token, of each further token. */
export interface SpeedRow {
  what: Quantity;
  /** Of the prompt, or of the history; null where there is none. */
  tokens: number | null;
  ours: Quartiles;
  /** null where llama.cpp has no such step. */
  llama: Quartiles | null;
  /** Median over median; less than 1: ours is faster. */
  ratio: number | null;
}

export interface SpeedResult {
  rows: SpeedRow[];
  /** Largest resident memory of a process. */
  peakBytes: { importing: number; ours: number; llama: number };
  versions: Record<string, string>;
}

interface SpeedPlan {
  loads: number;
  /** [tokens of the prompt, rounds] */
  prompts: readonly (readonly [tokens: number, rounds: number])[];
  /** Tokens of history. */
  histories: readonly number[];
  decodeRounds: number;
  decodeTokens: number;
}

const FULL: SpeedPlan = {
  loads: 5,
  prompts: [
    [35, 15],
    [512, 9],
    [2048, 5],
    [4096, 5],
  ],
  histories: [128, 1024, 4096],
  decodeRounds: 10,
  decodeTokens: 16,
};
const QUICK: SpeedPlan = {
  loads: 1,
  prompts: [
    [35, 3],
    [512, 1],
  ],
  histories: [128, 1024],
  decodeRounds: 2,
  decodeTokens: 8,
};

interface Samples {
  ours: number[];
  llama: number[];
}

/** Runs both engines in turns on the same file with as many threads. */
export async function measureSpeed(
  modelPath: string,
  options: { threads: number; quick: boolean },
  progress: (text: string) => void,
): Promise<SpeedResult> {
  const plan = options.quick ? QUICK : FULL;
  const cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-bench-'));
  const longest = Math.max(...plan.prompts.map(([tokens]) => tokens), ...plan.histories);
  const load = { modelPath, cacheFolder, threads: options.threads, contextLength: longest + CONTEXT_MARGIN };
  try {
    progress('Import');
    const imported = await loadOnce('ours', load);
    const rows = [rowOf('import', null, { ours: [imported.loadMs], llama: [] })];
    progress('Loads');
    rows.push(await measureLoads(plan, load));
    const { peakBytes, versions } = await withBoth(load, async (turns) => {
      const prompts = await createPromptMaker(modelPath);
      for (const [tokens, rounds] of plan.prompts) {
        progress(`First token after ${tokens}`);
        rows.push(await measureFirstToken(turns, prompts, tokens, rounds));
      }
      for (const tokens of plan.histories) {
        progress(`Decode at ${tokens}`);
        rows.push(await measureDecode(turns, prompts, tokens, plan));
      }
    });
    return { rows, peakBytes: { importing: imported.peakBytes, ...peakBytes }, versions };
  } finally {
    await rm(cacheFolder, { recursive: true });
  }
}

async function loadOnce(name: PeerName, options: LoadOptions): Promise<{ loadMs: number; peakBytes: number }> {
  const peer = new PeerProcess(name);
  try {
    return { loadMs: await peer.load(options), peakBytes: await peer.peakBytes() };
  } finally {
    await peer.end();
  }
}

/** Each in a new process, the first of each only to have the files in the system's cache. */
async function measureLoads({ loads }: SpeedPlan, options: LoadOptions): Promise<SpeedRow> {
  const samples: Samples = { ours: [], llama: [] };
  for (let round = 0; round <= loads; round++) {
    const ours = (await loadOnce('ours', options)).loadMs;
    const llama = (await loadOnce('llama', options)).loadMs;
    if (round === 0) continue;
    samples.ours.push(ours);
    samples.llama.push(llama);
  }
  return rowOf('load', null, samples);
}

/** Lets both do the same one after the other, the one first that was second before. */
type Turns = <Result>(work: (peer: PeerProcess) => Promise<Result>) => Promise<{ ours: Result; llama: Result }>;

async function withBoth(options: LoadOptions, measure: (turns: Turns) => Promise<void>) {
  const ours = new PeerProcess('ours');
  const llama = new PeerProcess('llama');
  let oursFirst = false;
  const turns: Turns = async (work) => {
    oursFirst = !oursFirst;
    const first = await settled(work(oursFirst ? ours : llama));
    const second = await settled(work(oursFirst ? llama : ours));
    return oursFirst ? { ours: first, llama: second } : { ours: second, llama: first };
  };
  try {
    await turns((peer) => peer.load(options));
    await measure(turns);
    return {
      peakBytes: await turns((peer) => peer.peakBytes()),
      versions: { ...(await ours.versions()), ...(await llama.versions()) },
    };
  } finally {
    await ours.end();
    await llama.end();
  }
}

async function measureFirstToken(
  turns: Turns,
  prompts: PromptMaker,
  tokens: number,
  rounds: number,
): Promise<SpeedRow> {
  const samples: Samples = { ours: [], llama: [] };
  for (let round = 0; round <= rounds; round++) {
    const prompt = prompts(tokens, round);
    const { ours, llama } = await turns((peer) => peer.firstToken(prompt));
    if (round === 0) continue;
    samples.ours.push(ours);
    samples.llama.push(llama);
  }
  return rowOf('firstToken', tokens, samples);
}

async function measureDecode(
  turns: Turns,
  prompts: PromptMaker,
  tokens: number,
  { decodeRounds, decodeTokens }: SpeedPlan,
): Promise<SpeedRow> {
  const samples: Samples = { ours: [], llama: [] };
  const prompt = prompts(tokens, 0);
  for (let round = 0; round <= decodeRounds; round++) {
    const { ours, llama } = await turns((peer) => peer.decode(prompt, decodeTokens));
    // The first round reads the prompt and warms up; in the others it is cached.
    if (round === 0) continue;
    samples.ours.push(...ours);
    samples.llama.push(...llama);
  }
  return rowOf('decode', tokens, samples);
}

function rowOf(what: Quantity, tokens: number | null, samples: Samples): SpeedRow {
  const ours = quartiles(samples.ours);
  const llama = samples.llama.length > 0 ? quartiles(samples.llama) : null;
  return { what, tokens, ours, llama, ratio: llama && ours.median / llama.median };
}
