import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinySafetensors } from '../testing/tiny-model.js';
import { findModelFiles } from './model-files.js';
import { readSourceModel } from './source-model.js';

const readModel = async (path: string) => readSourceModel(await findModelFiles(path));

/** Protocol 2, calling os.system: whatever loads it as Python does would run it. */
const PICKLE = Buffer.from('\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.', 'latin1');
/** A zip with a pickle in it, as PyTorch saves its models: its first file's header. */
const PYTORCH = Buffer.concat([
  Buffer.from('PK\x03\x04', 'latin1'),
  Buffer.alloc(26),
  Buffer.from('archive/data.pkl'),
  PICKLE,
]);

test.each([
  ['a pickle', PICKLE],
  ['a file of PyTorch', PYTORCH],
])('%s is no model, whatever it is called', async (_, bytes) => {
  for (const name of ['model.bin', 'model.pt', 'model.gguf']) {
    const path = join(await temporaryFolder(), name);
    await writeFile(path, bytes);
    await expect(readModel(path)).rejects.toMatchObject({ code: 'MODEL_FORMAT_UNKNOWN' });
  }
});

test('a folder with weights of PyTorch alone lacks its weights', async () => {
  const folder = await writeTinySafetensors(await temporaryFolder());
  await rename(join(folder, 'model.safetensors'), join(folder, 'pytorch_model.bin'));
  await expect(readModel(folder)).rejects.toMatchObject({ code: 'MODEL_FILE_UNREADABLE' });
});

test('weights of PyTorch in an index of safetensors are none, either', async () => {
  const folder = await writeTinySafetensors(await temporaryFolder());
  await rm(join(folder, 'model.safetensors'));
  await writeFile(join(folder, 'pytorch_model.bin'), PYTORCH);
  const index = JSON.stringify({ weight_map: { 'model.embed_tokens.weight': 'pytorch_model.bin' } });
  await writeFile(join(folder, 'model.safetensors.index.json'), index);
  await expect(readModel(folder)).rejects.toMatchObject({
    code: 'MODEL_FORMAT_UNKNOWN',
  });
});
