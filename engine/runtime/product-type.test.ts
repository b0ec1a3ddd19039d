import { expect, test } from 'vitest';
import type { ProductType } from '../model/converted-model.js';
import { ARCHITECTURE_CASES } from '../testing/architectures/expected.js';
import { loadModel } from '../testing/load-model.js';
import { readWeight } from '../testing/read-weights.js';
import { OrtBinding } from './ort/ort-binding.js';
import { OrtCApi } from './ort/ort-c-api.js';
import { productTypeFor } from './product-type.js';

const { modelPath, expected } = ARCHITECTURE_CASES[0];

/** Logits of a prompt and of what follows it, and a weight as floats. */
async function run(type: ProductType | undefined) {
  const loaded = await loadModel(modelPath, 'default', new OrtCApi(2), type);
  try {
    const { decoder } = await loaded.decoder();
    const { promptIds, continuationIds } = expected();
    const logits = [Float32Array.from(await decoder.run(promptIds, 0))];
    for (const [i, token] of continuationIds.entries()) {
      logits.push(Float32Array.from(await decoder.run([token], promptIds.length + i)));
    }
    const stored = loaded.model.weights['layers.0.down'];
    return { logits, type: stored.kind === 'rotated' && stored.type, down: readWeight(loaded.model, 'layers.0.down') };
  } finally {
    await loaded.release();
  }
}

test('unsigned weights are the same weights, and give the bits of those that are right here', async () => {
  const chosen = await run(undefined);
  const unsigned = await run('uint8');
  expect(chosen.type).toBe(await productTypeFor(new OrtCApi(2)));
  expect(unsigned.type).toBe('uint8');
  expect(unsigned.down).toEqual(chosen.down);
  expect(unsigned.logits).toEqual(chosen.logits);
});

test('both ways to ONNX Runtime take the same type', async () => {
  expect(await productTypeFor(new OrtBinding(2))).toBe(await productTypeFor(new OrtCApi(2)));
});
