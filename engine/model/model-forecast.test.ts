import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createEngine } from '../index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readManifest } from './converted-folder.js';
import { findModelFiles } from './model-files.js';
import { fitOf, forecastModel, type ModelOutline } from './model-forecast.js';
import { readSourceModel } from './source-model.js';
import { planWeights, storedBytes } from './weight-plan.js';

const file = (name: string) => fileURLToPath(new URL(`../testing/architectures/${name}/model.gguf`, import.meta.url));

/** What a catalog would say of a file that is here. */
async function outlineOf(path: string): Promise<ModelOutline> {
  const { config, tensors } = await readSourceModel(await findModelFiles(path));
  const typeOf = (name: string) => tensors.get(name)?.type ?? 'F32';
  const types = {
    layers: typeOf('blk.0.attn_q.weight'),
    embedding: typeOf('token_embd.weight'),
    head: typeOf('output.weight'),
  };
  return { ...config, hash: null, types };
}

const USE = { contextTokens: 200, compression: { preset: 'faithful' }, precision: 'default' } as const;

test.each(['llama', 'qwen2', 'qwen3', 'llama3-rope'])('weights of %s are those that an import plans', async (name) => {
  const source = await readSourceModel(await findModelFiles(file(name)));
  for (const precision of ['default', 'float32'] as const) {
    const forecast = forecastModel(await outlineOf(file(name)), { ...USE, precision });
    const { bytes, weights } = planWeights(source, precision);
    const table = weights.find(({ name }) => name === 'embedding');
    const isTwice = source.config.tiedHead && weights.some(({ name }) => name === 'head');
    expect(forecast).toMatchObject({ weightsBytes: bytes - (isTwice && table ? storedBytes(table.stored) : 0) });
  }
});

test('what is forecast is what the loaded model then takes', async () => {
  const folder = await temporaryFolder();
  const engine = await createEngine({ modelPath: file('llama'), cacheFolder: folder });
  try {
    const { model } = engine;
    const forecast = forecastModel({ ...(await outlineOf(file('llama'))), hash: model.hash }, USE);
    const converted = (await readdir(folder)).find((name) => name.startsWith(model.hash));
    const manifest = await readManifest(join(folder, converted ?? ''));
    const { promptTokens, kvBytes } = await engine.forecast({ messages: [{ role: 'user', content: 'one two three' }] });
    const { embedding } = manifest?.weights ?? {};
    // Rows of it are read from the file; what products take is the head.
    const inFile = embedding ? storedBytes(embedding) : 0;
    expect(forecast).toMatchObject({ weightsBytes: (manifest?.weightsBytes ?? 0) - inFile });
    expect(forecastModel(await outlineOf(model.path), { ...USE, contextTokens: promptTokens })).toMatchObject({
      kvBytes,
    });
  } finally {
    await engine.dispose();
  }
});

const LARGE: ModelOutline = {
  architecture: 'llama',
  numLayers: 32,
  hiddenSize: 4096,
  intermediateSize: 14336,
  numHeads: 32,
  numKvHeads: 8,
  headDim: 128,
  vocabSize: 32768,
  contextLength: 32768,
  tiedHead: false,
  hash: null,
  types: { layers: 'Q8_0', embedding: 'Q8_0', head: 'Q8_0' },
};

function needOf(outline: ModelOutline, use: Parameters<typeof forecastModel>[1]) {
  const forecast = forecastModel(outline, use);
  if ('error' in forecast) throw new Error(forecast.error.message);
  return forecast;
}

test('four bits stay four bits; everything else is stored in eight', () => {
  const q8 = needOf(LARGE, USE).weightsBytes;
  // 7.25 billion weights of 8 bits; embedding and head have a scale of 32 bits for each 32 of theirs.
  expect(q8).toBeGreaterThan(7.2e9);
  expect(q8).toBeLessThan(7.3e9);
  const four = { layers: 'Q4_0', embedding: 'Q4_0', head: 'Q6_K' } as const;
  expect(needOf({ ...LARGE, types: four }, USE).weightsBytes / q8).toBeCloseTo((4 + 1) / 8, 1);
  const mixed = { layers: 'Q4_K', embedding: 'Q6_K', head: 'Q6_K' } as const;
  expect(needOf({ ...LARGE, types: mixed }, USE).weightsBytes).toBe(q8);
});

test('a context beyond the model’s own is not counted, and compression counts', () => {
  const at = (contextTokens: number, preset: 'off' | 'compact') =>
    needOf(LARGE, { ...USE, contextTokens, compression: { preset } });
  expect(at(1e6, 'off').contextTokens).toBe(32768);
  expect(at(1e6, 'off').kvBytes).toBe(at(32768, 'off').kvBytes);
  expect(at(8192, 'off').kvBytes).toBe(32 * 2 * 8 * 128 * (8192 + 4));
  expect(at(8192, 'compact').kvBytes).toBeLessThan(at(8192, 'off').kvBytes / 2);
});

test('a memory budget that is too small for the model is said, not counted', () => {
  const forecast = forecastModel(LARGE, { ...USE, compression: { budgetBytes: 1000 } });
  expect(forecast).toMatchObject({ error: { code: 'KV_BUDGET_TOO_SMALL' } });
});

test('a need fits, is tight or does not fit', () => {
  const memory = { freeBytes: 4e9, totalBytes: 16e9 };
  expect([3e9, 3.3e9, 12e9, 13e9].map((needed) => fitOf(needed, memory))).toEqual(['fits', 'tight', 'tight', 'no']);
});
