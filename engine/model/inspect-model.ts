import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ModelInfo } from '../types.js';
import { modelInfo } from './converted-folder.js';
import { FileHashes } from './file-hashes.js';
import { fileBytes, findModelFiles } from './model-files.js';
import { summarizeModel } from './model-summary.js';
import { readSourceModel } from './source-model.js';
import { planWeights } from './weight-plan.js';

/**
 * What a model's files say, checked as for an import, with nothing converted. Its hash is remembered in `cacheFolder`.
 *
 * @throws every MODEL_… code
 */
export async function inspectModel(modelPath: string, cacheFolder: string): Promise<ModelInfo> {
  const files = await findModelFiles(modelPath);
  const source = await readSourceModel(files);
  const plan = planWeights(source, 'default');
  const hashes = new FileHashes(cacheFolder);
  await mkdir(cacheFolder, { recursive: true });
  const hash = (await hashes.known(files)) ?? (await hashes.compute(files, () => {}));
  return modelInfo(
    summarizeModel(source, plan, 'default', hash, fileBytes(files)),
    files.path,
    basename(files.path, '.gguf'),
  );
}
