import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Architecture, RopeScaling } from '../../model/model-config.js';

/** What transformers computed for a model in float32 with eager attention; made by make.py. */
export interface ExpectedLogits {
  prompt: string;
  /** What the model's tokenizer makes of `prompt`. [promptTokens] */
  promptIds: number[];
  continuation: string;
  /** Tokens to feed after the prompt, whatever the model would have chosen. [continuationTokens] */
  continuationIds: number[];
  /** Row 0 follows the last prompt token, row i + 1 follows continuationIds[i]. [1 + continuationTokens, vocabSize] */
  logits: number[][];
}

/** One tiny random model on disk; a model in two formats is two cases with the same expectation. */
export interface ArchitectureCase {
  name: string;
  /** A safetensors folder or a GGUF file, absolute. */
  modelPath: string;
  architecture: Architecture;
  /** As the import should read it: a Llama 3 GGUF carries its scaling as a factor per frequency. */
  ropeScaling: RopeScaling['type'];
  tiedHead: boolean;
  expected(): ExpectedLogits;
}

/** Largest allowed difference of a float32 logit from transformers'. */
export const LOGIT_TOLERANCE = 1e-3;

const fixtures = import.meta.dirname;

interface Fixture {
  folder: string;
  architecture: Architecture;
  ropeScaling: RopeScaling['type'];
  tiedHead: boolean;
  /** How the GGUF file states the scaling; absent: there is no GGUF file. */
  ggufRopeScaling?: RopeScaling['type'];
}

const FIXTURES: Fixture[] = [
  { folder: 'llama', architecture: 'llama', ropeScaling: 'none', tiedHead: true, ggufRopeScaling: 'none' },
  { folder: 'llama3-rope', architecture: 'llama', ropeScaling: 'llama3', tiedHead: false, ggufRopeScaling: 'factors' },
  { folder: 'llama-linear-rope', architecture: 'llama', ropeScaling: 'linear', tiedHead: true },
  { folder: 'mistral', architecture: 'llama', ropeScaling: 'none', tiedHead: false },
  { folder: 'qwen2', architecture: 'qwen2', ropeScaling: 'yarn', tiedHead: true, ggufRopeScaling: 'yarn' },
  { folder: 'qwen2-plain', architecture: 'qwen2', ropeScaling: 'none', tiedHead: false },
  { folder: 'qwen3', architecture: 'qwen3', ropeScaling: 'none', tiedHead: true, ggufRopeScaling: 'none' },
];

function casesOf({ folder, architecture, ropeScaling, tiedHead, ggufRopeScaling }: Fixture): ArchitectureCase[] {
  const root = path.join(fixtures, folder);
  const expected = (): ExpectedLogits => JSON.parse(readFileSync(path.join(root, 'expected.json'), 'utf8'));
  const shared = { architecture, tiedHead, expected };
  const cases: ArchitectureCase[] = [
    { ...shared, name: `${folder} (safetensors)`, modelPath: path.join(root, 'folder'), ropeScaling },
  ];
  if (ggufRopeScaling) {
    const modelPath = path.join(root, 'model.gguf');
    cases.push({ ...shared, name: `${folder} (GGUF)`, modelPath, ropeScaling: ggufRopeScaling });
  }
  return cases;
}

/** Every fixture in every format it was saved in. */
export const ARCHITECTURE_CASES: readonly ArchitectureCase[] = FIXTURES.flatMap(casesOf);
