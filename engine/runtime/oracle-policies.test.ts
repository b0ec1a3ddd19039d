import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../kv/compression-config.js';
import type { PyramidInferConfig } from '../kv/policies/pyramid-infer.js';
import { recentScores, type ScoreSpec } from '../kv/selection.js';
import { FollowedChat, randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, loadModel } from '../testing/load-model.js';
import { writeTinyGguf } from '../testing/tiny-model.js';

const SINKS = { sinkLength: 4 };
const PYRAMID: PyramidInferConfig = {
  schedule: {
    type: 'step',
    steps: [
      [1, 0.8],
      [2, 0.2],
    ],
  },
  recentLength: 40,
  distanceWeight: 2,
  minContextLength: 20,
  layerInterval: 1,
  generation: { windowLength: 16, exceedLength: 8, compressRatio: 0.5, decayRatio: 1 },
  ...SINKS,
};
const CACHE = { share: [0.6, 0.5, 0.4, 0.35], recentShare: 0.4, perHead: true };
const FROM_PLACE: ScoreSpec = { ...recentScores(12), spreadRows: 20, pool: { by: 'max', rows: 5 } };
const FROM_END: ScoreSpec = { ...FROM_PLACE, spreadFrom: 'end', pool: { by: 'mean', rows: 7 } };

let model: LoadedModel;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pyramid-oracle-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 768 } } as const;
  model = await loadModel(await writeTinyGguf(folder, { layers: 4, seed: 11, metadata }), 'float32');
});
afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true });
});

describe.each<[string, PolicyConfig]>([
  ['full', { name: 'full' }],
  ['streamingLlm', { name: 'streamingLlm', share: 0.4, ...SINKS }],
  ['h2o', { name: 'h2o', share: 0.4, ...SINKS }],
  ['snapKv', { name: 'snapKv', share: 0.4, scoreRows: 16, pool: 7, ...SINKS }],
  ['pyramidKv', { name: 'pyramidKv', share: 0.4, scoreRows: 16, pool: 5, taper: 0.5, ...SINKS }],
  ['pyramidInfer, all rows of the window voting', { name: 'pyramidInfer', ...PYRAMID }],
  ['pyramidInfer, every second layer', { name: 'pyramidInfer', ...PYRAMID, layerInterval: 2 }],
  ['pyramidInfer with a cache selection', { name: 'pyramidInfer', ...PYRAMID, scores: FROM_PLACE, cache: CACHE }],
  [
    'pyramidInfer, its cache asked from the end',
    { name: 'pyramidInfer', ...PYRAMID, scores: FROM_END, cache: { ...CACHE, share: 0.4 } },
  ],
])('%s against plain loops in float64', (_, policy) => {
  it('holds the same tokens in every head and gives the same logits, through two turns and their answers', async () => {
    const chat = await FollowedChat.begin(model, policy, [{ from: 100, to: 106 }]);
    await chat.read(randomTokens(280, 1));
    await chat.write(randomTokens(40, 2));
    await chat.read([...chat.tokens, ...randomTokens(70, 3)]);
    await chat.write(randomTokens(30, 4));
    for (const places of chat.held().flat())
      expect(places).toEqual(expect.arrayContaining([100, 101, 102, 103, 104, 105]));
  }, 60_000);
});

describe('a prompt whose length is about that of whole chunks', () => {
  it.each([256, 257, 258, 511, 512, 513, 514])(
    'is kept and continued the same: %i tokens',
    async (length) => {
      const chat = await FollowedChat.begin(model, { name: 'pyramidInfer', ...PYRAMID });
      await chat.read(randomTokens(length, 5));
      await chat.write(randomTokens(2, 6));
    },
    60_000,
  );
});
