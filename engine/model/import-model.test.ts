import { readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWeight } from '../testing/read-weights.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { encodeTensor } from '../testing/tensor-encoding.js';
import { TINY_SHAPE, type TinyModelOptions, writeTinyGguf, writeTinySafetensors } from '../testing/tiny-model.js';
import type { Precision } from '../types.js';
import { readTokenizer } from './converted-folder.js';
import type { ConvertedModel, LayerForm } from './converted-model.js';
import { importModel } from './import-model.js';
import { ARCHITECTURES } from './model-config.js';

async function cacheFolder(): Promise<string> {
  return join(await temporaryFolder(), 'cache');
}

/** Imports a fresh tiny GGUF into a fresh cache. */
async function importTiny(
  options: TinyModelOptions = {},
  precision: Precision = 'default',
  form?: LayerForm,
): Promise<ConvertedModel> {
  const modelPath = await writeTinyGguf(await temporaryFolder(), options);
  return importModel({ modelPath, cacheFolder: await cacheFolder(), precision, form });
}

function worstDifference(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((worst, value, at) => Math.max(worst, Math.abs(value - other[at])), 0);
}

describe('what is stored', () => {
  test.each(ARCHITECTURES)(
    '%s has the weights that the table promises, in float32 as in the file',
    async (architecture) => {
      const model = await importTiny({ architecture, tiedHead: false }, 'float32');
      const { hiddenSize, intermediateSize, numHeads, numKvHeads, headDim, vocabSize } = TINY_SHAPE;
      const qkvRows = (numHeads + 2 * numKvHeads) * headDim;
      const layer = {
        attnNorm: [hiddenSize],
        qkv: [qkvRows, hiddenSize],
        ...(architecture === 'qwen2' && { qkvBias: [qkvRows] }),
        ...(architecture === 'qwen3' && { qNorm: [headDim], kNorm: [headDim] }),
        o: [hiddenSize, numHeads * headDim],
        mlpNorm: [hiddenSize],
        gateUp: [2 * intermediateSize, hiddenSize],
        down: [hiddenSize, intermediateSize],
      };
      const expected: Record<string, number[]> = {
        embedding: [vocabSize, hiddenSize],
        head: [vocabSize, hiddenSize],
        finalNorm: [hiddenSize],
      };
      for (const n of [0, 1])
        for (const [name, shape] of Object.entries(layer)) expected[`layers.${n}.${name}`] = shape;
      const shapes = Object.entries(model.weights).map(([name, weight]) => [name, 'shape' in weight && weight.shape]);
      expect(Object.fromEntries(shapes)).toEqual(expected);
    },
  );

  test.each(ARCHITECTURES)('%s is the same from a GGUF, a folder and a folder in shards', async (architecture) => {
    const models = [
      await writeTinyGguf(await temporaryFolder(), { architecture }),
      await writeTinySafetensors(await temporaryFolder(), { architecture }),
      await writeTinySafetensors(await temporaryFolder(), { architecture, shards: 3 }),
    ];
    const cache = await cacheFolder();
    const [gguf, folder, shards] = await Promise.all(
      models.map((modelPath) => importModel({ modelPath, cacheFolder: cache, precision: 'float32' })),
    );
    const weights = await readFile(gguf.weightsPath);
    expect((await readFile(folder.weightsPath)).equals(weights)).toBe(true);
    expect((await readFile(shards.weightsPath)).equals(weights)).toBe(true);
    expect(folder.weights).toEqual(gguf.weights);
    expect(folder.config).toEqual({ ...gguf.config, rmsNormEps: 1e-5 });
    expect(new Set([gguf.info.hash, folder.info.hash, shards.info.hash]).size).toBe(3);
  });

  /** A step is 1/127 of the largest of a rotated row; weights are within ±sqrt(3/64). */
  const ROUNDING = 0.005;
  const differenceOf = (model: ConvertedModel, exact: ConvertedModel, name: string) =>
    worstDifference(readWeight(model, name), readWeight(exact, name));

  test('for a device, Q4_0 stays exact in 4 bits', async () => {
    const model = await importTiny({ type: 'Q4_0' }, 'default', 'blocks');
    const exact = await importTiny({ type: 'Q4_0' }, 'float32');
    for (const [name, weight] of Object.entries(model.weights)) {
      expect(weight.kind === 'rotated').toBe(false);
      if (weight.kind === 'blocks') expect(weight.bits).toBe(4);
      expect(differenceOf(model, exact, name)).toBe(0);
    }
  });

  test('for the processor, layers are rotated and rounded to 8 bits', async () => {
    for (const type of ['Q8_0', 'Q4_0', 'Q4_1', 'F16', 'F32'] as const) {
      const model = await importTiny({ type });
      const exact = await importTiny({ type }, 'float32');
      for (const part of ['o', 'down']) {
        expect(model.weights[`layers.0.${part}`]).toMatchObject({ kind: 'rotated', rotatesInput: true });
        expect(differenceOf(model, exact, `layers.0.${part}`)).toBeLessThan(ROUNDING);
      }
      for (const [part, norm] of [
        ['qkv', 'attnNorm'],
        ['gateUp', 'mlpNorm'],
      ]) {
        expect(model.weights[`layers.0.${part}`]).toMatchObject({ kind: 'rotated', rotatesInput: false });
        expect(readWeight(model, `layers.0.${norm}`).every((value) => value === 1)).toBe(true);
        const scale = readWeight(exact, `layers.0.${norm}`);
        const scaled = readWeight(exact, `layers.0.${part}`).map((value, at) => value * scale[at % scale.length]);
        expect(worstDifference(readWeight(model, `layers.0.${part}`), scaled)).toBeLessThan(ROUNDING);
      }
    }
  });

  test('the embedding is stored in blocks of 8 bits, exactly where the file has such; on a device the head, too', async () => {
    const exact = await importTiny({ type: 'Q8_0', tiedHead: false }, 'float32');
    const model = await importTiny({ type: 'Q8_0', tiedHead: false });
    const forDevice = await importTiny({ type: 'Q8_0', tiedHead: false }, 'default', 'blocks');
    for (const [of, name] of [
      [model, 'embedding'],
      [forDevice, 'embedding'],
      [forDevice, 'head'],
    ] as const) {
      expect(of.weights[name]).toMatchObject({ kind: 'blocks', bits: 8 });
      expect(differenceOf(of, exact, name)).toBe(0);
    }
  });

  test.each([true, false])(
    'the head is one more matrix in 8 bits, also where the file has one table for both: %s',
    async (tiedHead) => {
      const model = await importTiny({ type: 'Q8_0', tiedHead });
      const exact = await importTiny({ type: 'Q8_0', tiedHead }, 'float32');
      expect(model.weights.head).toMatchObject({ kind: 'rotated' });
      expect(exact.weights.head === undefined).toBe(tiedHead);
      const [head, table] = [readWeight(model, 'head'), readWeight(exact, tiedHead ? 'embedding' : 'head')];
      const scale = model.rotatedResidual ? readWeight(exact, 'finalNorm') : null;
      const worst = table.reduce(
        (most, value, at) => Math.max(most, Math.abs(value * (scale?.[at % scale.length] ?? 1) - head[at])),
        0,
      );
      expect(worst).toBeLessThan(ROUNDING);
    },
  );

  test('a fused weight of several formats is stored in 8 bits as a whole', async () => {
    const types = { 'blk.0.attn_k.weight': 'Q8_0', 'blk.1.attn_v.weight': 'F16' } as const;
    const model = await importTiny({ type: 'Q4_0', types }, 'default', 'blocks');
    const exact = await importTiny({ type: 'Q4_0', types }, 'float32');
    expect(model.weights['layers.0.gateUp']).toMatchObject({ bits: 4 });
    for (const name of ['layers.0.qkv', 'layers.1.qkv']) {
      expect(model.weights[name]).toMatchObject({ bits: 8 });
      expect(differenceOf(model, exact, name)).toBeLessThan(ROUNDING);
    }
  });

  test('biases of a llama are put in halves order with their rows', async () => {
    const bias = (name: string, length: number) => ({
      name: `${name}.bias`,
      type: 'F32' as const,
      shape: [length],
      bytes: encodeTensor(
        'F32',
        Float32Array.from({ length }, (_, at) => at),
      ),
    });
    const biases = [0, 1].flatMap((n) => [
      bias(`blk.${n}.attn_q`, 64),
      bias(`blk.${n}.attn_k`, 32),
      bias(`blk.${n}.attn_v`, 32),
    ]);
    const modelPath = await writeTinyGguf(await temporaryFolder(), { tensors: (all) => [...all, ...biases] });
    const model = await importModel({ modelPath, cacheFolder: await cacheFolder(), precision: 'default' });
    expect(model.config.qkvBias).toBe(true);
    const values = [...readWeight(model, 'layers.1.qkvBias')];
    const head = [0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15];
    expect(values.slice(0, 32)).toEqual([...head, ...head.map((row) => row + 16)]);
    expect(values.slice(64, 80)).toEqual(head);
    expect(values.slice(96)).toEqual(Array.from({ length: 32 }, (_, at) => at));
  });

  test('runs of bytes can be mapped and do not overlap', async () => {
    const model = await importTiny({ type: 'Q4_1' });
    const ranges = Object.values(model.weights)
      .flatMap((weight) => (weight.kind === 'float32' ? [weight.values] : [weight.quants, weight.scales]))
      .sort((one, other) => one.offset - other.offset);
    ranges.forEach(({ offset }, at) => {
      expect(offset % 4096).toBe(0);
      if (at > 0) expect(offset).toBeGreaterThanOrEqual(ranges[at - 1].offset + ranges[at - 1].length);
    });
    const last = ranges[ranges.length - 1];
    expect((await stat(model.weightsPath)).size).toBeGreaterThanOrEqual(last.offset + last.length);
  });

  test('the description says what the file says', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder(), { type: 'Q4_1' });
    const model = await importModel({ modelPath, cacheFolder: await cacheFolder(), precision: 'default' });
    expect(model.info).toMatchObject({
      name: 'Tiny llama',
      path: modelPath,
      fileBytes: (await stat(modelPath)).size,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      architecture: 'llama',
      quantization: 'Q4_1',
      layers: 2,
      contextLength: 256,
      tokenizer: expect.stringContaining('BPE'),
    });
    const weights = Object.keys(model.weights).map((name) => (name === 'head' ? 0 : readWeight(model, name).length));
    expect(model.info.parameters).toBe(weights.reduce((sum, length) => sum + length));
    expect(await readTokenizer(model)).toMatchObject({ eosToken: '<|im_end|>', chatTemplate: expect.any(String) });
  });
});

describe('a later load', () => {
  test('uses what is there, without reading the model', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const cache = await cacheFolder();
    const first = await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    const before = await stat(first.weightsPath);
    const onProgress = () => expect.unreachable('nothing is hashed or converted');
    const second = await importModel({ modelPath, cacheFolder: cache, precision: 'default', onProgress });
    expect(second).toEqual(first);
    expect((await stat(first.weightsPath)).mtimeMs).toBe(before.mtimeMs);
  });

  test('finds the model under another name, too', async () => {
    const [one, other] = [await temporaryFolder(), await temporaryFolder()];
    const options = { metadata: { 'general.name': undefined } };
    const paths = [await writeTinyGguf(one, options), join(other, 'other.gguf')];
    await writeFile(paths[1], await readFile(paths[0]));
    const cache = await cacheFolder();
    const [first, second] = [
      await importModel({ modelPath: paths[0], cacheFolder: cache, precision: 'default' }),
      await importModel({ modelPath: paths[1], cacheFolder: cache, precision: 'default' }),
    ];
    expect(second.folder).toBe(first.folder);
    expect([first.info.name, second.info.name]).toEqual(['tiny-llama', 'other']);
  });

  test('sees that a file has changed', async () => {
    const folder = await temporaryFolder();
    const cache = await cacheFolder();
    const modelPath = await writeTinyGguf(folder, { seed: 1 });
    const first = await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    await writeTinyGguf(folder, { seed: 2 });
    await utimes(modelPath, new Date(), new Date(Date.now() + 5000));
    const second = await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    expect(second.info.hash).not.toBe(first.info.hash);
  });

  test.each<[string, (model: ConvertedModel) => Promise<void>]>([
    ['no weights', (model) => rm(model.weightsPath)],
    ['short weights', (model) => truncate(model.weightsPath, 4096)],
    ['a short tokenizer', (model) => truncate(join(model.folder, 'tokenizer.json'), 10)],
    ['no manifest', (model) => rm(join(model.folder, 'manifest.json'))],
    ['a manifest that is not JSON', (model) => writeFile(join(model.folder, 'manifest.json'), '{')],
    ['a manifest of something else', (model) => writeFile(join(model.folder, 'manifest.json'), '{"formatVersion":1}')],
  ])('of a converted model with %s imports it anew', async (_, damage) => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const cache = await cacheFolder();
    const first = await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    const weights = await readFile(first.weightsPath);
    await damage(first);
    const second = await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    expect(second).toEqual(first);
    expect((await readFile(second.weightsPath)).equals(weights)).toBe(true);
  });

  test('survives a damaged index of hashes', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const cache = await cacheFolder();
    const first = await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    await writeFile(join(cache, 'index.json'), '[]');
    expect(await importModel({ modelPath, cacheFolder: cache, precision: 'default' })).toEqual(first);
  });
});
