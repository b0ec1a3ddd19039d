import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../kv/compression-config.js';
import { FollowedChat, randomTokens } from '../testing/follow-oracle.js';
import { type LoadedModel, loadModel } from '../testing/load-model.js';
import { writeTinyGguf } from '../testing/tiny-model.js';

const pyramid = {
  name: 'pyramidInfer',
  recentRatio: 0.2,
  scoreRows: 16,
  distanceWeight: 1.5,
  sinkLength: 4,
  minContextLength: 0,
  layerInterval: 1,
  generation: { windowLength: 16, exceedLength: 8, compressRatio: 0.75, decayRatio: 0.8 },
} as const;
const STEP: PolicyConfig = {
  ...pyramid,
  schedule: {
    type: 'step',
    steps: [
      [1, 0.7],
      [3, 0.3],
    ],
  },
};
const COSINE: PolicyConfig = { ...pyramid, schedule: { type: 'cosine', prefillDecayRatio: 0.7 } };

let model: LoadedModel;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pyramid-oracle-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  model = await loadModel(await writeTinyGguf(folder, { layers: 6, seed: 7, metadata }), 'float32');
});
afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true });
});

/** Three turns with answers, long enough that blocks of them are pruned. */
async function threeTurns(chat: FollowedChat): Promise<void> {
  await chat.read(randomTokens(320, 1));
  await chat.write(randomTokens(60, 2));
  expect(await chat.read([...chat.tokens, ...randomTokens(90, 3)])).toBe(380);
  await chat.write(randomTokens(45, 4));
  expect(await chat.read([...chat.tokens, ...randomTokens(20, 5)])).toBe(515);
  await chat.write(randomTokens(12, 6));
}

describe.each<[string, PolicyConfig]>([
  ['pyramidInfer, steps', STEP],
  ['pyramidInfer, cosine', COSINE],
])('%s against plain loops in float64', (_, policy) => {
  it('holds the same tokens in every layer and gives the same logits, through three turns, answers and edits', async () => {
    const chat = await FollowedChat.begin(model, policy);
    await threeTurns(chat);
    expect(chat.held()[5][0].length).toBeLessThan(chat.held()[0][0].length);
    // Another answer to the third question: its first five tokens stay.
    const answer = [...chat.tokens.slice(0, 540), ...randomTokens(30, 7)];
    expect(await chat.read(answer)).toBe(540);
    await chat.write(randomTokens(30, 8));
    // Another second question: what the later turns dropped is gone, so the chat is read from where nothing is missing.
    const edited = [...chat.tokens.slice(0, 400), ...randomTokens(50, 9)];
    const cut = chat.largestCut(400);
    expect(cut).toBeLessThan(380);
    expect(await chat.read(edited)).toBe(cut);
    await chat.write(randomTokens(10, 10));
  }, 120_000);
});
