import { expect, test } from 'vitest';
import { forecastModel } from '../../../engine/index.js';
import { ARCHITECTURES } from '../../../engine/model/model-config.js';
import { blockElements, TENSOR_TYPES, tensorBytes } from '../../../engine/model/tensor-info.js';
import { modelOutline } from '../../ipc/engine-messages.js';
import { catalogFile, catalogModels, catalogOutlines } from './catalog.js';

const models = catalogModels({});
const files = models.flatMap((model) => model.files.map((file) => ({ ...file, model })));

test('every file has an id and an address of its own', () => {
  expect(new Set(files.map(({ id }) => id)).size).toBe(files.length);
  expect(new Set(files.map(({ repository, file }) => `${repository}/${file}`)).size).toBe(files.length);
  for (const { id, file } of files) expect(catalogFile(id)).toMatchObject({ id, file });
});

test('a file that is not in it is refused', () => {
  expect(() => catalogFile('nothing')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('what the engine runs can be said, all of it', () => {
  expect(modelOutline.shape.architecture.options).toEqual([...ARCHITECTURES]);
  expect(modelOutline.shape.types.shape.layers.options.toSorted()).toEqual([...TENSOR_TYPES].sort());
});

test('the bundled model’s length and hash are known, and the hub is asked for that version of it', () => {
  const { id, bytes, hasHash } = files[0];
  expect([bytes, hasHash]).toEqual([98_362_432, true]);
  expect(catalogFile(id).revision).toMatch(/^[0-9a-f]{40}$/);
});

test.each(catalogOutlines)('$id: shape, parameters and length of the file agree', ({ id, outline }) => {
  const found = files.find((file) => file.id === id);
  if (!found) throw new Error(id);
  const { contextTokens, ...use } = {
    contextTokens: 8192,
    compression: { preset: 'off' },
    precision: 'float32',
  } as const;
  const need = forecastModel(outline, { contextTokens, ...use });
  if ('error' in need) throw new Error(need.error.message);
  const stored = need.weightsBytes / 4;
  const head = outline.vocabSize * outline.hiddenSize;
  // Some files hold the embedding once more as the head; its makers count it once.
  const counted = stored - (outline.tiedHead || found.model.name.startsWith('Mistral') ? 0 : head);
  expect(counted / found.model.parameters).toBeCloseTo(1, 2);
  const bytesOf = (type: (typeof TENSOR_TYPES)[number], weights: number) =>
    tensorBytes(type, Math.ceil(weights / blockElements(type)) * blockElements(type));
  const { layers, embedding, head: headType } = outline.types;
  const inLayers = stored - head * (outline.tiedHead ? 1 : 2);
  const expected =
    bytesOf(layers, inLayers) + bytesOf(embedding, head) + (outline.tiedHead ? 0 : bytesOf(headType, head));
  // A mixture has tensors of more bits than the type it is named by; a header has the words of the vocabulary.
  expect(found.bytes / expected).toBeGreaterThan(0.99);
  expect(found.bytes / expected).toBeLessThan(found.quantization === 'Q4_K_M' ? 1.12 : 1.05);
});
