import { expect, test } from 'vitest';
import catalog from '../../assets/catalog.json' with { type: 'json' };
import type { Architecture } from './model-config.js';
import { forecastModel } from './model-forecast.js';
import { blockElements, type TensorType, tensorBytes } from './tensor-info.js';

const files = catalog.models.flatMap(({ name, parameters, shape, files: ofModel }) =>
  ofModel.map(({ id, types, bytes, quantization }) => ({ id, name, parameters, shape, types, bytes, quantization })),
);

function bytesOf(type: TensorType, weights: number): number {
  return tensorBytes(type, Math.ceil(weights / blockElements(type)) * blockElements(type));
}

// What the app says a model takes follows from its shape: a wrong figure in the catalog would be believed.
test.each(files)('$id: shape, parameters and length of the file agree', ({ name, parameters, shape, ...file }) => {
  const types = file.types as Record<keyof typeof file.types, TensorType>;
  const outline = { ...shape, architecture: shape.architecture as Architecture, hash: null, types };
  const use = { contextTokens: 1, compression: { preset: 'off' }, precision: 'float32' } as const;
  const need = forecastModel(outline, use);
  if ('error' in need) throw new Error(need.error.message);
  const stored = need.weightsBytes / 4;
  const table = shape.vocabSize * shape.hiddenSize;
  const tables = shape.tiedHead ? 1 : 2;
  // Some files hold the embedding once more as the head; the model's makers count it once.
  const counted = name.startsWith('Qwen2.5') ? stored - table : stored;
  expect(counted / parameters).toBeCloseTo(1, 2);
  const inFile =
    bytesOf(types.layers, stored - table * tables) +
    bytesOf(types.embedding, table) +
    (shape.tiedHead ? 0 : bytesOf(types.head, table));
  // A mixture has tensors of more bits than the type it is named by; a header has the words of the vocabulary.
  expect(file.bytes / inFile).toBeGreaterThan(0.99);
  expect(file.bytes / inFile).toBeLessThan(file.quantization === 'Q4_K_M' ? 1.12 : 1.05);
});
