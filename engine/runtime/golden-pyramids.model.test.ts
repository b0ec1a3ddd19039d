import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompressionConfig } from '../kv/compression-config.js';
import { compareWithReference, meanLoss } from '../testing/compare-with-reference.js';
import { readGolden } from '../testing/golden.js';
import { type GoldenPyramid, readGoldenPyramid } from '../testing/golden-pyramid.js';
import { type LoadedModel, loadModel, readWhole } from '../testing/load-model.js';
import type { ChatMemory } from './chat-memory.js';

const modelPath = path.resolve(import.meta.dirname, '../../assets/models/SmolLM2-135M-Instruct.Q4_1.gguf');
const LAYERS = 30;

const configOf = ({ config }: GoldenPyramid, kvType: 'int8' | 'float32'): CompressionConfig => ({
  kvType,
  policy: { name: 'pyramidInfer', ...config },
});

function depths(memory: ChatMemory, tokens: number): number[] {
  const depth = new Array<number>(tokens).fill(0);
  for (let layer = 0; layer < LAYERS; layer++) for (const place of memory.heldPositions(layer)[0]) depth[place]++;
  return depth;
}

const tokensOf = (memory: ChatMemory) => memory.stats().layers.map(({ tokens }) => tokens);
const equalShare = (a: number[], b: number[]) => a.filter((value, i) => value === b[i]).length / a.length;

describe('a prompt read by PyramidInfer against the float32 reference, in float32', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel(modelPath, 'float32');
  });
  afterAll(() => model.release());

  async function read(golden: GoldenPyramid) {
    const { tokenIds } = await readGolden('full.json');
    const memory = await model.memory(configOf(golden, 'float32'));
    const logits = await readWhole(memory, tokenIds.slice(0, golden.prefix));
    return { memory, logits, continuation: tokenIds.slice(golden.prefix) };
  }

  it.each(['late', 'late2', 'paper', 'paper95', 'window'])(
    '%s: the same tokens in every layer, the same logits, the same loss',
    async (name) => {
      const golden = await readGoldenPyramid(name);
      const { memory, logits, continuation } = await read(golden);
      expect(tokensOf(memory)).toEqual(golden.cachedPerLayer);
      expect(equalShare(depths(memory, golden.prefix), golden.survivalDepth)).toBeGreaterThanOrEqual(0.999);
      for (const [id, logit] of golden.lastPrefixLogitsTop10) {
        expect(Math.abs(logits[id] - logit)).toBeLessThan(1e-3);
      }
      expect(Math.abs((await meanLoss(memory, logits, continuation)) - golden.meanNll)).toBeLessThan(1e-3);
      // What is computed is what is cached, but for the window that the last layers' cut leaves.
      expect(memory.computeFraction).toBeCloseTo(memory.stats().keptFraction, 1);
    },
  );
});

describe('the same in the default precision', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel(modelPath, 'default');
  });
  afterAll(() => model.release());

  it('paper: as many tokens in every layer, most of them the same', async () => {
    const golden = await readGoldenPyramid('paper');
    const { tokenIds } = await readGolden('full.json');
    const memory = await model.memory(configOf(golden, 'int8'));
    await readWhole(memory, tokenIds.slice(0, golden.prefix));
    expect(tokensOf(memory)).toEqual(golden.cachedPerLayer);
    const share = equalShare(depths(memory, golden.prefix), golden.survivalDepth);
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(1);
  });

  it('a full int8 cache: mean KL to the float32 reference below .01', async () => {
    const { kl } = await compareWithReference(await model.memory({ kvType: 'int8', policy: { name: 'full' } }));
    expect(kl).toBeLessThan(0.01);
    expect(kl).toBeGreaterThan(0);
  });
});
