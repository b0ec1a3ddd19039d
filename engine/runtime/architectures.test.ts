import { describe, expect, it } from 'vitest';
import { ARCHITECTURE_CASES, type ExpectedLogits, LOGIT_TOLERANCE } from '../testing/architectures/expected.js';
import { loadModel } from '../testing/load-model.js';
import { OrtBinding } from './ort/ort-binding.js';
import { OrtCApi } from './ort/ort-c-api.js';
import { liveNativeObjects } from './ort/ort-native.js';
import type { SessionFactory } from './ort/session.js';

const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((max, value, i) => Math.max(max, Math.abs(value - b[i])), 0);

/** Logits after the prompt, run in chunks of `chunk`, and after each continuation token. */
async function run(
  modelPath: string,
  expected: ExpectedLogits,
  chunk: number,
  factory: SessionFactory,
): Promise<Float32Array[]> {
  const { decoder: makeDecoder, release } = await loadModel(modelPath, 'float32', factory);
  const { decoder } = await makeDecoder();
  const rows: Float32Array[] = [];
  let logits = new Float32Array();
  for (let start = 0; start < expected.promptIds.length; start += chunk) {
    logits = Float32Array.from(await decoder.run(expected.promptIds.slice(start, start + chunk), start));
  }
  rows.push(logits);
  for (const [i, token] of expected.continuationIds.entries()) {
    rows.push(Float32Array.from(await decoder.run([token], expected.promptIds.length + i)));
  }
  await release();
  return rows;
}

describe.each(ARCHITECTURE_CASES)('$name', ({ modelPath, expected }) => {
  it.each([1000, 7, 1])('gives the logits that transformers computed, prompt in chunks of %i', async (chunk) => {
    const rows = await run(modelPath, expected(), chunk, new OrtCApi(2));
    for (const [i, row] of expected().logits.entries()) {
      expect(maxDifference(rows[i], row)).toBeLessThan(LOGIT_TOLERANCE);
    }
  });

  it('gives the same bits through onnxruntime-node’s own API, and leaves no native object behind', async () => {
    const before = liveNativeObjects();
    const oracle = await run(modelPath, expected(), 16, new OrtBinding(2));
    expect(await run(modelPath, expected(), 16, new OrtCApi(2))).toEqual(oracle);
    expect(liveNativeObjects()).toBe(before);
  });
});
