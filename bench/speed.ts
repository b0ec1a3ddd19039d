import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ByRunner, byRunner, Field, type MeasuredPreset, PRESETS } from './field.js';
import type { LoadOptions, Prompt } from './peer.js';
import { CONTEXT_MARGIN, type PeerName, PeerProcess, settled } from './peer-process.js';
import { createPromptMaker, follow, type PromptMaker } from './prompts.js';
import { type Quartiles, quartiles } from './statistics.js';
import { measureWordWork, type WordWork } from './word-work.js';

/**
 * `import`: the first load of a file. `load`: a later one. `firstMessage`: the first token of the first message after a
 * load. `firstToken`: the same of later, new prompts. `laterTurn`: the first token of a further turn. `decode`: each
 * further token.
 */
export type Quantity = 'import' | 'load' | 'firstMessage' | 'firstToken' | 'laterTurn' | 'decode';

/** One quantity under one preset, milliseconds. */
export interface SpeedRow {
  what: Quantity;
  /** Of the prompt, or of the history; null where there is none. */
  tokens: number | null;
  preset: MeasuredPreset;
  ours: Quartiles;
  /** null where llama.cpp has no such step. */
  llama: Quartiles | null;
  /** llama.cpp's median over ours: how many times as fast ours is. */
  ratio: number | null;
}

export interface SpeedResult {
  rows: SpeedRow[];
  /** Largest resident memory of a process. */
  peakBytes: ByRunner<number> & { importing: number };
  wordWork: WordWork;
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
  laterTurns: number;
}

const FULL: SpeedPlan = {
  loads: 5,
  prompts: [
    [35, 15],
    [512, 9],
    [2048, 5],
    [4096, 4],
    [8000, 3],
  ],
  histories: [128, 1024, 4096, 8000],
  decodeRounds: 10,
  decodeTokens: 16,
  laterTurns: 8,
};
/** On a graphics processor, where a round is like the other. */
const ON_DEVICE: SpeedPlan = {
  loads: 2,
  prompts: [
    [35, 5],
    [512, 5],
    [2048, 4],
    [4096, 4],
    [8000, 3],
  ],
  histories: [128, 4096, 8000],
  decodeRounds: 5,
  decodeTokens: 16,
  laterTurns: 5,
};
/** In another format it is reading that is in question. */
const IN_FORMAT: SpeedPlan = {
  loads: 2,
  prompts: [
    [512, 5],
    [2048, 5],
    [4096, 4],
  ],
  histories: [128, 4096],
  decodeRounds: 6,
  decodeTokens: 16,
  laterTurns: 3,
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
  laterTurns: 2,
};

function planOf({ quick, device, inFormat }: Parameters<typeof measureSpeed>[1]): SpeedPlan {
  if (quick) return QUICK;
  if (device === 'webgpu') return ON_DEVICE;
  return inFormat ? IN_FORMAT : FULL;
}

/** What the engine takes where nothing is asked for, as while loading. */
const DEFAULT_PRESET = 'faithful';
/** A prompt whose first token is taken right after a load. */
const FIRST_MESSAGE_TOKENS = 512;
/** What a later turn adds. */
const TURN_TOKENS = 50;

type Samples = ByRunner<number[]>;

/** Runs all on the same file with as many threads. */
export async function measureSpeed(
  modelPath: string,
  options: { threads: number; device?: 'cpu' | 'webgpu'; quick: boolean; inFormat: boolean },
  progress: (text: string) => void,
): Promise<SpeedResult> {
  const plan = planOf(options);
  const cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-bench-'));
  const longest = Math.max(...plan.prompts.map(([tokens]) => tokens), ...plan.histories);
  const load = {
    modelPath,
    cacheFolder,
    threads: options.threads,
    device: options.device,
    contextLength: longest + CONTEXT_MARGIN,
  };
  const prompts = await createPromptMaker(modelPath);
  try {
    progress('Words');
    const wordWork = await measureWordWork(modelPath, prompts);
    progress('Import');
    const imported = await loadOnce('ours', load, null);
    progress('Loads');
    const rows = [
      rowOf({ what: 'import', tokens: null, preset: DEFAULT_PRESET }, [imported.loadMs], []),
      ...(await measureLoads(plan, load, prompts(FIRST_MESSAGE_TOKENS, 0))),
    ];
    const field = await Field.load(load);
    try {
      rows.push(...(await measureField(field, prompts, plan, progress)));
      const peaks = await field.inTurns((peer) => peer.peakBytes());
      const peakBytes = { ...peaks, importing: imported.peakBytes };
      return { rows, peakBytes, wordWork, versions: await field.versions() };
    } finally {
      await field.end();
    }
  } finally {
    await rm(cacheFolder, { recursive: true });
  }
}

async function measureField(
  field: Field,
  prompts: PromptMaker,
  plan: SpeedPlan,
  progress: (text: string) => void,
): Promise<SpeedRow[]> {
  const rows: SpeedRow[] = [];
  for (const [tokens, rounds] of plan.prompts) {
    progress(`First token after ${tokens}`);
    const samples = await measureFirstToken(field, rounds, (round) => prompts(tokens, round));
    rows.push(...rowsOf('firstToken', tokens, samples));
  }
  for (const tokens of plan.histories) {
    progress(`Decode at ${tokens}`);
    rows.push(...rowsOf('decode', tokens, await measureDecode(field, prompts(tokens, 0), plan)));
  }
  const history = Math.max(...plan.histories) - (plan.laterTurns + 1) * TURN_TOKENS;
  progress(`Later turns at ${history}`);
  let chat = prompts(history, 0);
  await field.inTurns((peer) => peer.firstToken(chat));
  const samples = await measureFirstToken(field, plan.laterTurns, () => {
    chat = follow(prompts, chat, TURN_TOKENS);
    return chat;
  });
  rows.push(...rowsOf('laterTurn', history, samples));
  return rows;
}

async function loadOnce(name: PeerName, options: LoadOptions, message: Prompt | null) {
  const peer = new PeerProcess(name);
  try {
    const loadMs = await settled(peer.load(options));
    const firstMessageMs = message && (await settled(peer.firstToken(message)));
    return { loadMs, firstMessageMs, peakBytes: await peer.peakBytes() };
  } finally {
    await peer.end();
  }
}

/** Each in a new process, the first of each only to have the files in the system's cache. */
async function measureLoads({ loads }: SpeedPlan, options: LoadOptions, message: Prompt): Promise<SpeedRow[]> {
  const made = {
    ours: [] as { loadMs: number; firstMessageMs: number }[],
    llama: [] as { loadMs: number; firstMessageMs: number }[],
  };
  for (let round = 0; round <= loads; round++) {
    for (const name of ['ours', 'llama'] as const) {
      const { loadMs, firstMessageMs } = await loadOnce(name, options, message);
      if (round > 0) made[name].push({ loadMs, firstMessageMs: firstMessageMs ?? 0 });
    }
  }
  const of = (name: PeerName, what: 'loadMs' | 'firstMessageMs') => made[name].map((one) => one[what]);
  return [
    rowOf({ what: 'load', tokens: null, preset: DEFAULT_PRESET }, of('ours', 'loadMs'), of('llama', 'loadMs')),
    rowOf(
      { what: 'firstMessage', tokens: FIRST_MESSAGE_TOKENS, preset: DEFAULT_PRESET },
      of('ours', 'firstMessageMs'),
      of('llama', 'firstMessageMs'),
    ),
  ];
}

/** The first of `rounds` + 1 is there to warm up. */
async function measureFirstToken(field: Field, rounds: number, prompt: (round: number) => Prompt): Promise<Samples> {
  const samples = byRunner<number[]>(() => []);
  for (let round = 0; round <= rounds; round++) {
    const asked = prompt(round);
    const times = await field.inTurns((peer) => peer.firstToken(asked));
    if (round > 0) byRunner((runner) => samples[runner].push(times[runner]));
  }
  return samples;
}

async function measureDecode(
  field: Field,
  prompt: Prompt,
  { decodeRounds, decodeTokens }: SpeedPlan,
): Promise<Samples> {
  const samples = byRunner<number[]>(() => []);
  for (let round = 0; round <= decodeRounds; round++) {
    const times = await field.inTurns((peer) => peer.decode(prompt, decodeTokens));
    // The first round reads the prompt and warms up; in the others it is cached.
    if (round > 0) byRunner((runner) => samples[runner].push(...times[runner]));
  }
  return samples;
}

function rowsOf(what: Quantity, tokens: number, samples: Samples): SpeedRow[] {
  return PRESETS.map((preset) => rowOf({ what, tokens, preset }, samples[preset], samples.llama));
}

function rowOf(
  about: Pick<SpeedRow, 'what' | 'tokens' | 'preset'>,
  ourTimes: readonly number[],
  llamaTimes: readonly number[],
): SpeedRow {
  const ours = quartiles(ourTimes);
  const llama = llamaTimes.length > 0 ? quartiles(llamaTimes) : null;
  return { ...about, ours, llama, ratio: llama && llama.median / ours.median };
}
