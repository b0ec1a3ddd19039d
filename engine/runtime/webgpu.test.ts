import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../kv/compression-config.js';
import { FollowedChat, randomTokens } from '../testing/follow-oracle.js';
import type { LoadedModel } from '../testing/load-model.js';
import { loadTinyModel, STEEP_PYRAMID } from '../testing/tiny-loaded.js';
import { noDevice, PLAIN_TRAITS } from '../testing/webgpu.js';
import { liveNativeObjects } from './ort-native.js';
import { OrtWebGpu } from './ort-webgpu.js';

const STEP: PolicyConfig = { name: 'pyramidInfer', ...STEEP_PYRAMID };

describe.skipIf(await noDevice()).each([false, true])('a model on a device, captured: %s', (graphCapture) => {
  const before = liveNativeObjects();
  let factory: OrtWebGpu;
  let model: LoadedModel;
  beforeAll(async () => {
    factory = await OrtWebGpu.create(2, { ...PLAIN_TRAITS, graphCapture });
    model = await loadTinyModel({ factory });
  }, 120_000);
  afterAll(async () => {
    await model.release();
    factory.release();
    expect(liveNativeObjects()).toBe(before);
  });

  it.each<[string, PolicyConfig]>([
    ['full', { name: 'full' }],
    ['pyramid', STEP],
  ])(
    '%s: as plain loops in float64, through turns and answers',
    async (_, policy) => {
      const chat = await FollowedChat.begin(model, policy);
      await chat.read(randomTokens(320, 1));
      await chat.write(randomTokens(40, 2));
      await chat.read([...chat.tokens, ...randomTokens(90, 3)]);
      await chat.write(randomTokens(10, 4));
    },
    240_000,
  );
});
