import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { importModel } from '../model/import-model.js';
import { readWeight } from '../testing/read-weights.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import type { WritableType } from '../testing/tensor-encoding.js';
import { TINY_SHAPE, writeTinyGguf } from '../testing/tiny-model.js';
import type { Precision } from '../types.js';
import { EmbeddingTable } from './embedding.js';

async function open(type: WritableType, precision: Precision) {
  const folder = await temporaryFolder();
  const modelPath = await writeTinyGguf(folder, { type });
  const model = await importModel({ modelPath, cacheFolder: join(folder, 'cache'), precision });
  const table = new EmbeddingTable(model);
  onTestFinished(() => table.close());
  return { model, table };
}

const { hiddenSize, vocabSize } = TINY_SHAPE;

describe.each<[WritableType, Precision]>([
  ['F32', 'float32'],
  ['Q8_0', 'default'],
  ['Q4_0', 'default'],
])('an embedding table from %s in %s', (type, precision) => {
  test('gives the rows of the tokens, the last one too', async () => {
    const { model, table } = await open(type, precision);
    const tokens = [5, 0, vocabSize - 1, 5];
    const hidden = new Float32Array(tokens.length * hiddenSize);
    table.lookUp(tokens, hidden);
    const whole = readWeight(model, 'embedding');
    for (const [i, token] of tokens.entries()) {
      const row = whole.subarray(token * hiddenSize, (token + 1) * hiddenSize);
      expect(hidden.subarray(i * hiddenSize, (i + 1) * hiddenSize)).toEqual(row);
    }
  });

  test('refuses a token that it has no row for, where other weights lie', async () => {
    const { table } = await open(type, precision);
    expect(() => table.lookUp([vocabSize], new Float32Array(hiddenSize))).toThrow(
      expect.objectContaining({ code: 'MODEL_TOKENIZER_UNSUPPORTED', details: { token: vocabSize, vocabSize } }),
    );
  });
});
