import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf, writeTinySafetensors } from '../testing/tiny-model.js';
import { importModel } from './import-model.js';

async function cacheFolder(): Promise<string> {
  return join(await temporaryFolder(), 'cache');
}

describe('a model that cannot be imported', () => {
  test.each<[string, string, Parameters<typeof writeTinyGguf>[1]]>([
    [
      'a tensor is missing',
      'MODEL_TENSOR_MISSING',
      { tensors: (all) => all.filter(({ name }) => !name.includes('1.ffn_up')) },
    ],
    [
      'a tensor is left over',
      'MODEL_ARCHITECTURE_UNSUPPORTED',
      { tensors: (all) => [...all, { ...all[1], name: 'blk.0.attn_output.bias' }] },
    ],
    [
      'a tensor has another shape',
      'MODEL_HEADER_INVALID',
      { metadata: { 'llama.feed_forward_length': { type: 'u32', value: 256 } } },
    ],
    [
      'the tokenizer is unknown',
      'MODEL_TOKENIZER_UNSUPPORTED',
      { metadata: { 'tokenizer.ggml.model': { type: 'string', value: 'bert' } } },
    ],
    ['it is a part of one', 'MODEL_FORMAT_UNKNOWN', { metadata: { 'split.count': { type: 'u32', value: 3 } } }],
  ])('because %s gets %s before anything is written', async (_, code, options) => {
    const modelPath = await writeTinyGguf(await temporaryFolder(), options);
    const cache = await cacheFolder();
    await expect(importModel({ modelPath, cacheFolder: cache, precision: 'default' })).rejects.toMatchObject({ code });
    await expect(readdir(cache)).rejects.toThrow('ENOENT');
  });

  test('because a part of its tokenizer is unknown gets MODEL_TOKENIZER_UNSUPPORTED before anything is written', async () => {
    const modelPath = await writeTinySafetensors(await temporaryFolder());
    const path = join(modelPath, 'tokenizer.json');
    await writeFile(
      path,
      JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), normalizer: { type: 'Unheard' } }),
    );
    const cache = await cacheFolder();
    await expect(importModel({ modelPath, cacheFolder: cache, precision: 'default' })).rejects.toMatchObject({
      code: 'MODEL_TOKENIZER_UNSUPPORTED',
      message: expect.stringContaining('Unheard'),
    });
    await expect(readdir(cache)).rejects.toThrow('ENOENT');
  });

  test('because it is not the file it should be gets MODEL_NOT_GENUINE, also when its hash is known', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const cache = await cacheFolder();
    const load = (sha256?: string) => importModel({ modelPath, sha256, cacheFolder: cache, precision: 'default' });
    const refused = { code: 'MODEL_NOT_GENUINE', message: expect.stringContaining('not 00ff') };
    await expect(load('00ff')).rejects.toMatchObject(refused);
    expect((await readdir(cache)).filter((name) => name !== 'index.json')).toEqual([]);
    await load();
    await expect(load('00ff')).rejects.toMatchObject(refused);
    const { files } = JSON.parse(await readFile(join(cache, 'index.json'), 'utf8'));
    await load(files[modelPath].hash);
  });

  test('because the cache folder is a file gets IMPORT_FAILED', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const cache = await cacheFolder();
    await writeFile(cache, '');
    await expect(importModel({ modelPath, cacheFolder: cache, precision: 'default' })).rejects.toMatchObject({
      code: 'IMPORT_FAILED',
      message: expect.stringContaining(cache),
    });
  });
});
