import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../engine/evaluate/bootstrap.js';
import { PRESET_NAMES } from '../engine/types.js';
import { CONTEXT_MARGIN, PeerProcess, settled } from './peer-process.js';
import { createPromptMaker, type PromptMaker } from './prompts.js';

/** What reading a prompt takes under a preset, and what it takes of memory. */
export interface PrefillRow {
  name: string;
  /** Of the prompt. */
  tokens: number;
  /** Median milliseconds from the request to the first token. */
  firstTokenMs: number;
  /** Median over rounds of its time over that of `off`, the full cache, in the same round. */
  ratio: number;
  /** Largest resident memory while reading, of a process that read nothing longer. */
  peakBytes: number;
  /** Of the same process when it was loaded. */
  loadedBytes: number;
}

/** Of one length; and the software that computed them. */
export interface PrefillRows {
  rows: PrefillRow[];
  versions: Record<string, string>;
}

export interface PrefillPlan {
  threads: number;
  /** [tokens of the prompt, rounds] */
  prompts: readonly (readonly [tokens: number, rounds: number])[];
}

export const PREFILL_PROMPTS: PrefillPlan['prompts'] = [
  [256, 9],
  [512, 9],
  [1024, 7],
  [2048, 5],
  [4096, 5],
  [8000, 3],
];
export const QUICK_PROMPTS: PrefillPlan['prompts'] = [[256, 1]];

/**
 * Every contender in a process of its own, which take turns. New processes for each length.
 * @yields what was found for a length
 */
export async function* measurePrefill(
  modelPath: string,
  { threads, prompts }: PrefillPlan,
  progress: (text: string) => void,
): AsyncGenerator<PrefillRows, void, void> {
  const cacheFolder = await mkdtemp(path.join(tmpdir(), 'pyramid-bench-'));
  try {
    const prompt = await createPromptMaker(modelPath);
    for (const [tokens, rounds] of prompts) {
      progress(`${tokens} tokens`);
      const load = { modelPath, cacheFolder, threads, contextLength: tokens + CONTEXT_MARGIN };
      yield await measureLength(load, { tokens, rounds, prompt });
    }
  } finally {
    await rm(cacheFolder, { recursive: true });
  }
}

async function measureLength(
  load: { modelPath: string; cacheFolder: string; threads: number; contextLength: number },
  { tokens, rounds, prompt }: { tokens: number; rounds: number; prompt: PromptMaker },
): Promise<PrefillRows> {
  const peers = PRESET_NAMES.map((preset) => ({ preset, peer: new PeerProcess('ours'), times: [] as number[] }));
  try {
    const loaded: number[] = [];
    for (const { preset, peer } of peers) {
      await peer.load({ ...load, compression: { preset } });
      loaded.push(await peer.forgetPeak());
    }
    for (let round = 0; round <= rounds; round++) {
      const asked = prompt(tokens, round);
      for (let i = 0; i < peers.length; i++) {
        const { peer, times } = peers[(round + i) % peers.length];
        times[round] = await settled(peer.firstToken(asked));
      }
    }
    const [full] = peers;
    const rows: PrefillRow[] = [];
    for (const [i, { preset, peer, times }] of peers.entries()) {
      // The first round is there to warm up.
      const ratios = times.slice(1).map((ms, round) => ms / full.times[round + 1]);
      rows.push({
        name: preset,
        tokens,
        firstTokenMs: median(times.slice(1)),
        ratio: median(ratios),
        peakBytes: await peer.peakBytes(),
        loadedBytes: loaded[i],
      });
    }
    return { rows, versions: await full.peer.versions() };
  } finally {
    await Promise.all(peers.map(({ peer }) => peer.end()));
  }
}
