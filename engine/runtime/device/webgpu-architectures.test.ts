import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURE_CASES, LOGIT_TOLERANCE } from '../../testing/architectures/expected.js';
import { loadModel, readWhole } from '../../testing/load-model.js';
import { noDevice, PLAIN_TRAITS } from '../../testing/webgpu.js';
import { OrtWebGpu } from './ort-webgpu.js';

const maxDifference = (a: Float32Array, b: ArrayLike<number>) =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i])), 0);

describe.skipIf(await noDevice())('on a device', () => {
  let factory: OrtWebGpu;
  beforeAll(async () => {
    factory = await OrtWebGpu.create(2, { ...PLAIN_TRAITS, graphCapture: true });
  });
  afterAll(() => factory.release());

  it.each(ARCHITECTURE_CASES)(
    '$name gives the logits that transformers computed',
    async ({ modelPath, expected }) => {
      const { promptIds, continuationIds, logits } = expected();
      const loaded = await loadModel(modelPath, 'float32', factory);
      const memory = await loaded.memory({ kvType: 'float32', policy: { name: 'full' } });
      const rows = [await readWhole(memory, promptIds)];
      for (const token of continuationIds) rows.push(Float32Array.from(await memory.append(token)));
      await loaded.release();
      for (const [i, row] of logits.entries()) expect(maxDifference(rows[i], row)).toBeLessThan(LOGIT_TOLERANCE);
    },
    120_000,
  );
});
