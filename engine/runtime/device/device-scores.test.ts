import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadedModel } from '../../testing/load-model.js';
import { loadTinyModel } from '../../testing/tiny-loaded.js';
import { TINY_SHAPE } from '../../testing/tiny-model.js';
import { noDevice, PLAIN_TRAITS } from '../../testing/webgpu.js';
import { whole } from '../reading/scores.js';
import { DeviceScores } from './device-scores.js';
import { OrtWebGpu } from './ort-webgpu.js';

const KEYS = 8;
const { numHeads, numKvHeads, headDim } = TINY_SHAPE;
const reason = await noDevice();

describe.skipIf(reason)('scores that cannot be computed', () => {
  let factory: OrtWebGpu;
  let model: LoadedModel;
  beforeAll(async () => {
    factory = await OrtWebGpu.create(2, PLAIN_TRAITS);
    model = await loadTinyModel({ factory });
  }, 120_000);
  afterAll(async () => {
    await model.release();
    factory.release();
  });

  it('leave nothing of theirs on the device', async () => {
    const { device } = factory;
    const scores = new DeviceScores(model.sessions, device);
    const keys = { tensor: device.tensor([1, numKvHeads, KEYS, headDim]), scales: null, length: KEYS };
    const ask = async (width: number) => {
      const queries = device.tensor([2, width], 'float32');
      device.write(queries, new Float32Array(2 * width));
      const places = Int32Array.of(0, 1);
      await scores.peaks(keys, { values: whole(queries), positions: places, ownKeys: places }).finally(queries.release);
    };
    device.clear(keys.tensor);
    await ask(numHeads * headDim);
    const before = device.bytesHeld;
    await expect(ask(numHeads * headDim + 1)).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
    expect(device.bytesHeld).toBe(before);
    keys.tensor.release();
  });
});
