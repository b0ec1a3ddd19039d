import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../errors.js';
import { writeSafetensors } from '../testing/model-file-writers.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readSafetensors } from './safetensors.js';

async function sample(): Promise<string> {
  const path = join(await temporaryFolder(), 'model.safetensors');
  await writeSafetensors(path, [
    { name: 'a', type: 'F32', shape: [2, 3], bytes: new Uint8Array(24) },
    { name: 'b', type: 'BF16', shape: [4], bytes: new Uint8Array(8).fill(1) },
  ]);
  return path;
}

/** A file whose header is `header` and whose tensors are `tensorBytes` long. */
async function crafted(header: string, tensorBytes = 24): Promise<string> {
  const path = join(await temporaryFolder(), 'model.safetensors');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFile(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(tensorBytes)]));
  return path;
}

const codeOf = (path: string) =>
  readSafetensors(path).then(
    () => 'none',
    (error) => (error instanceof EngineError ? error.code : `not ours: ${error}`),
  );

test('gives tensors as written', async () => {
  const path = await sample();
  const [a, b] = await readSafetensors(path);
  expect(a).toMatchObject({ name: 'a', type: 'F32', shape: [2, 3], byteLength: 24, file: path });
  expect(b).toMatchObject({ name: 'b', type: 'BF16', shape: [4], byteLength: 8 });
  expect((await readFile(path)).subarray(b.offset).toString('hex')).toBe('01'.repeat(8));
});

test('a file cut anywhere is truncated', async () => {
  const path = await sample();
  const whole = await readFile(path);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
      await writeFile(path, whole.subarray(0, length));
      expect(await codeOf(path)).toBe('MODEL_TRUNCATED');
    }),
  );
});

describe('bad files', () => {
  const tensor = (fields: object) =>
    JSON.stringify({ a: { dtype: 'F32', shape: [6], data_offsets: [0, 24], ...fields } });
  test.each([
    ['another format', 'PK', 'MODEL_FORMAT_UNKNOWN'],
    ['a header that is not JSON', '{"a": ', 'MODEL_HEADER_INVALID'],
    ['a header without shapes', '{"a": {"dtype": "F32"}}', 'MODEL_HEADER_INVALID'],
    ['a negative axis', tensor({ shape: [-6] }), 'MODEL_HEADER_INVALID'],
    ['an absurd axis', tensor({ shape: [2 ** 52, 2 ** 52] }), 'MODEL_HEADER_INVALID'],
    ['bytes that are not the shape’s', tensor({ shape: [5] }), 'MODEL_HEADER_INVALID'],
    ['offsets the wrong way round', tensor({ data_offsets: [24, 0] }), 'MODEL_HEADER_INVALID'],
    ['a tensor outside the file', tensor({ data_offsets: [1e12, 1e12 + 24] }), 'MODEL_TENSOR_OUTSIDE_FILE'],
    ['an element type we do not have', tensor({ dtype: 'F8_E4M3' }), 'MODEL_QUANTIZATION_UNSUPPORTED'],
  ])('%s', async (_, header, code) => {
    expect(await codeOf(await crafted(header))).toBe(code);
  });

  test('an absurd header length', async () => {
    const path = await crafted('{}');
    const bytes = await readFile(path);
    bytes.writeBigUInt64LE(2n ** 62n, 0);
    await writeFile(path, bytes);
    expect(await codeOf(path)).toBe('MODEL_HEADER_INVALID');
  });

  test('a missing file', async () => {
    expect(await codeOf(join(await temporaryFolder(), 'none.safetensors'))).toBe('MODEL_FILE_MISSING');
  });
});
