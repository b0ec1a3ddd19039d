import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../errors.js';
import { writeGguf } from '../testing/model-file-writers.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf } from '../testing/tiny-model.js';
import { readGguf } from './gguf.js';

/** A tiny file and the same bytes with `edit` applied, written beside it. */
async function edited(edit: (bytes: Buffer) => Buffer | undefined): Promise<string> {
  const folder = await temporaryFolder();
  const path = await writeTinyGguf(folder);
  const bytes = await readFile(path);
  await writeFile(path, edit(bytes) ?? bytes);
  return path;
}

/** Where the bytes after a key or tensor name begin. */
function endOf(bytes: Buffer, name: string): number {
  return bytes.indexOf(name) + name.length;
}

const codeOf = (path: string) =>
  readGguf(path).then(
    () => 'none',
    (error) => (error instanceof EngineError ? error.code : `not ours: ${error}`),
  );

describe('a sound file', () => {
  test('gives metadata and tensors as written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'sound.gguf');
    await writeGguf(
      path,
      new Map([
        ['text', { type: 'string', value: 'Ġ ü 🙂' }],
        ['count', { type: 'u64', value: 7n }],
        ['huge', { type: 'u64', value: 2n ** 60n + 1n }],
        ['negative', { type: 'i32', value: -3 }],
        ['real', { type: 'f32', value: 0.5 }],
        ['flag', { type: 'bool', value: true }],
        ['texts', { type: 'strings', value: ['', 'b'] }],
        ['numbers', { type: 'i32s', value: [1, -2] }],
      ]),
      [
        { name: 'a', type: 'F32', shape: [5], bytes: new Uint8Array(20) },
        { name: 'b', type: 'Q4_0', shape: [3, 64], bytes: new Uint8Array(108).fill(1) },
      ],
    );
    const file = await readGguf(path);
    expect(Object.fromEntries(file.metadata)).toEqual({
      text: 'Ġ ü 🙂',
      count: 7,
      huge: 2n ** 60n + 1n,
      negative: -3,
      real: 0.5,
      flag: true,
      texts: ['', 'b'],
      numbers: Int32Array.of(1, -2),
    });
    const b = file.tensors.get('b');
    expect(b).toMatchObject({ type: 'Q4_0', shape: [3, 64], byteLength: 108 });
    const bytes = await readFile(path);
    expect(bytes.subarray(b?.offset, (b?.offset ?? 0) + 108).every((byte) => byte === 1)).toBe(true);
  });

  test('with a header longer than the first read is read whole', async () => {
    const folder = await temporaryFolder();
    const tokens = Array.from({ length: 128_000 }, (_, id) => `token number ${id}`);
    const merges = Array.from({ length: 280_000 }, (_, id) => `${id} ${id + 1}`);
    const path = await writeTinyGguf(folder, {
      metadata: {
        'tokenizer.ggml.tokens': { type: 'strings', value: tokens },
        'tokenizer.ggml.merges': { type: 'strings', value: merges },
      },
    });
    const { metadata } = await readGguf(path);
    expect(metadata.get('tokenizer.ggml.tokens')).toEqual(tokens);
    expect(metadata.get('tokenizer.ggml.merges')).toHaveLength(280_000);
  });
});

describe('a file that is none', () => {
  test.each([
    ['is missing', undefined, 'MODEL_FILE_MISSING'],
    ['is empty', '', 'MODEL_FORMAT_UNKNOWN'],
    ['has another magic', 'PK\u0003\u0004 and then some more bytes', 'MODEL_FORMAT_UNKNOWN'],
    ['ends after the magic', 'GGUF', 'MODEL_TRUNCATED'],
  ])('%s', async (_, content, code) => {
    const path = join(await temporaryFolder(), 'model.gguf');
    if (content !== undefined) await writeFile(path, content);
    expect(await codeOf(path)).toBe(code);
  });

  test.each([
    [1, 'little-endian'],
    [4, 'newer'],
    [0x03000000, 'big-endian'],
  ])('of version %i (%s)', async (version) => {
    const path = await edited((bytes) => void bytes.writeUInt32LE(version, 4));
    expect(await codeOf(path)).toBe('MODEL_FORMAT_UNKNOWN');
  });

  test('but a folder', async () => {
    expect(await codeOf(await temporaryFolder())).toBe('MODEL_FILE_UNREADABLE');
  });
});

describe('a truncated file', () => {
  test('is recognized wherever it was cut', async () => {
    const path = await edited(() => undefined);
    const whole = await readFile(path);
    const last = [...(await readGguf(path)).tensors.values()].pop();
    const needed = (last?.offset ?? 0) + (last?.byteLength ?? 0);
    const cut = join(await temporaryFolder(), 'cut.gguf');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: needed - 1 }), async (length) => {
        await writeFile(cut, whole.subarray(0, length));
        expect(await codeOf(cut)).toBe('MODEL_TRUNCATED');
      }),
      { numRuns: 60 },
    );
  });

  test('says how much there is and how much there should be', async () => {
    const path = await edited(() => undefined);
    await truncate(path, 50_000);
    await expect(readGguf(path)).rejects.toThrow(/50000 of at least \d+ bytes/);
  });
});

describe('a damaged header', () => {
  const absurd = 2n ** 62n;
  test.each<[string, (bytes: Buffer) => unknown]>([
    ['the number of tensors', (bytes) => bytes.writeBigUInt64LE(absurd, 8)],
    ['the number of keys', (bytes) => bytes.writeBigUInt64LE(absurd, 16)],
    ['the length of a key', (bytes) => bytes.writeBigUInt64LE(absurd, 24)],
    ['a type', (bytes) => bytes.writeUInt32LE(99, endOf(bytes, 'general.name'))],
    ['the length of a string', (bytes) => bytes.writeBigUInt64LE(absurd, endOf(bytes, 'general.name') + 4)],
    ['the length of an array', (bytes) => bytes.writeBigUInt64LE(absurd, endOf(bytes, 'ggml.tokens') + 8)],
    ['the number of axes', (bytes) => bytes.writeUInt32LE(77, endOf(bytes, 'token_embd.weight'))],
    ['an axis', (bytes) => bytes.writeBigUInt64LE(absurd, endOf(bytes, 'token_embd.weight') + 4)],
    ['an empty axis', (bytes) => bytes.writeBigUInt64LE(0n, endOf(bytes, 'token_embd.weight') + 4)],
    ['an offset', (bytes) => bytes.writeBigUInt64LE(absurd, endOf(bytes, 'token_embd.weight') + 24)],
  ])('in %s is refused', async (_, damage) => {
    const path = await edited((bytes) => void damage(bytes));
    expect(await codeOf(path)).toBe('MODEL_HEADER_INVALID');
  });

  test('with nested arrays without end is refused', async () => {
    const path = await edited((bytes) => {
      const at = endOf(bytes, 'tokenizer.ggml.token_type');
      for (let level = 0; level < 8; level++) {
        bytes.writeUInt32LE(9, at + level * 12);
        bytes.writeUInt32LE(9, at + level * 12 + 4);
        bytes.writeBigUInt64LE(1n, at + level * 12 + 8);
      }
      return bytes;
    });
    expect(await codeOf(path)).toBe('MODEL_HEADER_INVALID');
  });

  test('allocates nothing by an absurd length', async () => {
    // 2^24 strings would be allowed by themselves, but cannot lie in so small a file.
    const path = await edited((bytes) => void bytes.writeBigUInt64LE(2n ** 24n, endOf(bytes, 'ggml.tokens') + 8));
    const before = process.memoryUsage();
    expect(await codeOf(path)).toBe('MODEL_TRUNCATED');
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(32 << 20);
  });

  test('of any kind ends in one of our errors or in a sound file', async () => {
    const path = await edited(() => undefined);
    const whole = await readFile(path);
    const headerBytes = whole.indexOf('output_norm.weight');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 4, max: headerBytes }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          await writeFile(path, bytes);
          expect(await codeOf(path)).toMatch(/^(none|MODEL_[A-Z_]+)$/);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('a tensor that lies outside the file is not taken for a truncated file', async () => {
  const path = await edited((bytes) => void bytes.writeBigUInt64LE(2n ** 33n, endOf(bytes, 'output_norm.weight') + 16));
  await expect(readGguf(path)).rejects.toMatchObject({
    code: 'MODEL_TENSOR_OUTSIDE_FILE',
    message: expect.stringContaining('output_norm.weight'),
  });
});

test.each([
  [10, 'Q2_K'],
  [23, 'IQ4_XS'],
  [39, 'MXFP4'],
  [200, 'type 200'],
])('element type %i is refused by the name %s', async (id, name) => {
  const path = await edited((bytes) => void bytes.writeUInt32LE(id, endOf(bytes, 'token_embd.weight') + 20));
  await expect(readGguf(path)).rejects.toMatchObject({
    code: 'MODEL_QUANTIZATION_UNSUPPORTED',
    message: expect.stringMatching(`token_embd.weight as ${name},`),
  });
});
