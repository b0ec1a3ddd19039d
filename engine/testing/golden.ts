import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChatMessage } from '../types.js';

/** A text teacher-forced through a float32 reference: its first `prefix` tokens at once, the rest one by one. */
export interface GoldenFull {
  text: string;
  tokenIds: number[];
  prefix: number;
  lastPrefixLogitsTop10: [id: number, logit: number][];
  /** Mean negative log-likelihood of the rest, nats. */
  meanNll: number;
}

export interface GoldenChat {
  messages: ChatMessage[];
  promptIds: number[];
  /** Ends with the end token, which is no part of the text. */
  greedyIds: number[];
  greedyText: string;
}

/** Row i is the float32 reference's distribution of token prefix + i of full.json, cut to its most likely tokens. */
export interface GoldenDistributions {
  rows: { tokenIds: number[]; logProbs: number[]; restMass: number }[];
}

interface GoldenFiles {
  'full.json': GoldenFull;
  'chat.json': GoldenChat;
  'full-topk.json': GoldenDistributions;
}

/** What references computed of the default model. */
export async function readGolden<Name extends keyof GoldenFiles>(name: Name): Promise<GoldenFiles[Name]> {
  return JSON.parse(await readFile(path.join(import.meta.dirname, 'golden', name), 'utf8'));
}
