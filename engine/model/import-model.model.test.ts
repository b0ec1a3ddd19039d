import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWeight } from '../testing/read-weights.js';
import type { ConvertedModel } from './converted-model.js';
import { importModel } from './import-model.js';

interface Fixture {
  hashes: Record<string, string>;
  rows: Record<string, { row: number; values: string }>;
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../testing/fixtures/smollm2-weights.json', import.meta.url), 'utf8'),
);
const modelPath = fileURLToPath(new URL('../../assets/models/SmolLM2-135M-Instruct.Q4_1.gguf', import.meta.url));

let cacheFolder: string;
let exact: ConvertedModel;
let blocks: ConvertedModel;

beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'pyramid-chat-'));
  exact = await importModel({ modelPath, cacheFolder, precision: 'float32' });
  blocks = await importModel({ modelPath, cacheFolder, precision: 'default' });
});

afterAll(() => rm(cacheFolder, { recursive: true, force: true }));

test.each(Object.keys(fixture.rows))('a row of %s has the values of the reference', (name) => {
  const { row, values } = fixture.rows[name];
  const expected = new Float32Array(new Uint8Array(Buffer.from(values, 'base64')).buffer);
  expect(readWeight(exact, name).subarray(row * expected.length, (row + 1) * expected.length)).toEqual(expected);
});

test.each(Object.keys(fixture.hashes))('%s has the hash of the reference', (name) => {
  const { buffer } = readWeight(exact, name);
  expect(createHash('sha256').update(new Uint8Array(buffer)).digest('hex')).toBe(fixture.hashes[name]);
});

test('8-bit blocks are close, and exact where the file has them', () => {
  const [storedTable, exactTable] = [blocks, exact].map((model) => Buffer.from(readWeight(model, 'embedding').buffer));
  expect(storedTable.equals(exactTable)).toBe(true);
  const [stored, wanted] = [blocks, exact].map((model) => readWeight(model, 'layers.29.down'));
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  expect(norm(stored.map((value, at) => value - wanted[at])) / norm(wanted)).toBeLessThan(0.01);
});

test('the description is that of SmolLM2', () => {
  expect(blocks.info).toMatchObject({
    name: 'Smollm2 135M 8k Lc100K Mix1 Ep2',
    architecture: 'llama',
    quantization: 'Q4_1',
    parameters: 134_515_008,
    layers: 30,
    hiddenSize: 576,
    numHeads: 9,
    numKvHeads: 3,
    headDim: 64,
    vocabSize: 49152,
    contextLength: 8192,
  });
  expect(blocks.config).toMatchObject({ rope: { theta: 100000, scaling: { type: 'none' } }, tiedHead: true });
});

test('a later load reads and converts nothing', async () => {
  const first = await importModel({ modelPath, cacheFolder, precision: 'default' });
  const written = await stat(first.weightsPath);
  let reports = 0;
  const again = await importModel({ modelPath, cacheFolder, precision: 'default', onProgress: () => reports++ });
  expect(again).toEqual(first);
  expect(reports).toBe(0);
  expect((await stat(again.weightsPath)).mtimeMs).toBe(written.mtimeMs);
});
