import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf, writeTinySafetensors } from '../testing/tiny-model.js';
import { findModelFiles } from './model-files.js';

test('a GGUF file stands by itself', async () => {
  const path = await writeTinyGguf(await temporaryFolder());
  expect(await findModelFiles(path)).toMatchObject({ kind: 'gguf', path, files: [{ path }] });
});

test('a folder, and a file in it, are the same model', async () => {
  const folder = await writeTinySafetensors(await temporaryFolder());
  const files = await findModelFiles(folder);
  expect(files).toMatchObject({ kind: 'safetensors', path: folder, weightFiles: [join(folder, 'model.safetensors')] });
  expect(files.files.map(({ path }) => basename(path)).sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  expect(await findModelFiles(join(folder, 'model.safetensors'))).toEqual(files);
  expect(await findModelFiles(join(folder, 'config.json'))).toEqual(files);
});

test('shards are found by their index', async () => {
  const folder = await writeTinySafetensors(await temporaryFolder(), { shards: 3 });
  expect(await findModelFiles(folder)).toMatchObject({
    weightFiles: [1, 2, 3].map((shard) => join(folder, `model-${shard}-of-3.safetensors`)),
  });
});

test('what is not there is missing', async () => {
  await expect(findModelFiles(join(await temporaryFolder(), 'none.gguf'))).rejects.toMatchObject({
    code: 'MODEL_FILE_MISSING',
  });
});

test.each(['config.json', 'tokenizer.json', 'model-2-of-3.safetensors', 'model.safetensors.index.json'])(
  'a folder without its %s cannot be read, and says so',
  async (name) => {
    const folder = await writeTinySafetensors(await temporaryFolder(), { shards: 3 });
    await rm(join(folder, name));
    await expect(findModelFiles(folder)).rejects.toMatchObject({
      code: 'MODEL_FILE_UNREADABLE',
      message: expect.stringContaining(name.endsWith('index.json') ? 'model.safetensors' : name),
    });
  },
);

test.each(['{', '[]', '{"weight_map": {}}', '{"weight_map": {"a": "../outside.safetensors"}}'])(
  'a shard index of %s is refused',
  async (text) => {
    const folder = await writeTinySafetensors(await temporaryFolder());
    await rm(join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'model.safetensors.index.json'), text);
    await expect(findModelFiles(folder)).rejects.toMatchObject({ code: 'MODEL_HEADER_INVALID' });
  },
);
