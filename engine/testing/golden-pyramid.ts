import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PyramidInferConfig } from '../kv/policies/pyramid-infer.js';
import type { Schedule } from '../kv/schedule.js';

/** What the float32 reference made of golden/full.json's prefix under one configuration. */
export interface GoldenPyramid {
  config: PyramidInferConfig;
  /** Prompt tokens. */
  prefix: number;
  /** Tokens that each layer's cache holds after the prompt. */
  cachedPerLayer: number[];
  /** How many layers hold each prompt token, [prefix]. */
  survivalDepth: number[];
  lastPrefixLogitsTop10: [id: number, logit: number][];
  /** Mean loss over the continuation, nats. */
  meanNll: number;
}

type StoredConfig = Pick<
  PyramidInferConfig,
  'recentRatio' | 'recentLength' | 'scoreRows' | 'distanceWeight' | 'sinkLength'
> & {
  schedule: 'cosine' | 'step';
  prefillDecayRatio?: number;
  steps?: [layer: number, share: number][];
};

/** engine/testing/golden/pyramid-<name>.json */
export async function readGoldenPyramid(name: string): Promise<GoldenPyramid> {
  const file = path.join(import.meta.dirname, 'golden', `pyramid-${name}.json`);
  const { config, ...rest }: GoldenPyramid & { config: StoredConfig } = JSON.parse(await readFile(file, 'utf8'));
  const { schedule: type, prefillDecayRatio = 1, steps = [], ...shared } = config as StoredConfig;
  const schedule: Schedule = type === 'step' ? { type, steps } : { type, prefillDecayRatio };
  const generation = { windowLength: 64, exceedLength: 16, compressRatio: 1, decayRatio: 1 };
  return { ...rest, config: { ...shared, schedule, minContextLength: 0, layerInterval: 1, generation } };
}
