import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CommandError } from './command.mjs';
import { electronExecutable } from './electron-runtime.mjs';
import { SetupError } from './setup-error.mjs';

/** Shared libraries that Electron needs beyond a bare Debian, and the package that brings them with all they need. */
const PACKAGE_OF_LIBRARY = {
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnss3.so': 'libnss3',
  'libasound.so.2': 'libasound2',
  'libgbm.so.1': 'libgbm1',
  'libXss.so.1': 'libxss1',
  'libXtst.so.6': 'libxtst6',
};
// Opened while running, so the executable's own list does not name them.
const OPENED_LATER = ['libXss.so.1', 'libXtst.so.6'];

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

function outputOf(program, args) {
  const path = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;
  return spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, PATH: path, LC_ALL: 'C' } }).stdout ?? '';
}

/** Whether windows can be shown, on the user's own display. */
export function hasDisplay() {
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Sonames that an Electron executable would not find.
 * @param {string} executable
 */
function missingLibraries(executable) {
  const unresolved = outputOf('ldd', [executable]).matchAll(/^\s*(\S+) => not found/gm);
  const known = outputOf('ldconfig', ['-p']);
  // Without a cache of libraries (musl) nothing can be said about the ones opened later.
  const later = known === '' ? [] : OPENED_LATER.filter((soname) => !known.includes(soname));
  return [...new Set([...[...unresolved].map((match) => match[1]), ...later])];
}

/** Debian 13 and Ubuntu 24.04 renamed some libraries for 64-bit time. */
function availableName(name) {
  return outputOf('apt-cache', ['show', '--no-all-versions', `${name}t64`]) === '' ? name : `${name}t64`;
}

/** Everything that Electron needs, where a library without a known package is among what is missing. */
function packagesFor(libraries) {
  const known = libraries.every((soname) => soname in PACKAGE_OF_LIBRARY);
  return known ? libraries.map((soname) => PACKAGE_OF_LIBRARY[soname]) : Object.values(PACKAGE_OF_LIBRARY);
}

/**
 * Installs Debian packages if this is root on a machine with apt.
 * @param {Pick<import('./run-setup.mjs').SetupContext, 'progress' | 'run'>} context
 * @param {string[]} packages
 * @returns {Promise<boolean>} whether they were installed
 */
export async function installSystemPackages({ progress, run }, packages) {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isOnPath('apt-get')) return false;
  progress.start(`Debian packages (${packages.join(', ')})`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  let finished = 0;
  const onOutput = (text) => {
    finished += (text.match(/^(Unpacking|Setting up) /gm) ?? []).length;
    progress.update(1 - 1 / (1 + finished / 40));
  };
  try {
    await run('apt-get', ['update'], { env });
    const names = packages.map(availableName);
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env, onOutput });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(
      `Debian packages could not be installed: ${error.message}`,
      `Make \`apt-get install -y ${packages.join(' ')}\` work, then run the command again.`,
    );
  }
  progress.done();
  return true;
}

function needsXvfb() {
  return !hasDisplay() && !isOnPath('Xvfb');
}

/**
 * Whether the fetched Electron finds its shared libraries, and a display or Xvfb.
 * @param {string} root project folder
 */
export function isElectronAbleToStart(root) {
  if (process.platform !== 'linux') return true;
  const executable = electronExecutable(root);
  return executable !== undefined && missingLibraries(executable).length === 0 && !needsXvfb();
}

function describeMissing(libraries) {
  const parts = libraries.length > 0 ? [`shared libraries that Electron needs (${libraries.join(', ')})`] : [];
  if (needsXvfb()) parts.push('Xvfb, which stands in for a display');
  return `This machine lacks ${parts.join(' and ')}.`;
}

/**
 * Installs what Electron needs to start, or says how.
 * @param {import('./run-setup.mjs').SetupContext} context
 * @throws {SetupError}
 */
export async function ensureSystemPackages(context) {
  const libraries = missingLibraries(electronExecutable(context.root));
  const packages = [...packagesFor(libraries), ...(needsXvfb() ? ['xvfb', 'xauth'] : [])];
  if (await installSystemPackages(context, packages)) {
    if (isElectronAbleToStart(context.root)) return;
    throw new SetupError(
      describeMissing(missingLibraries(electronExecutable(context.root))),
      'Install the packages that bring them, then run the command again.',
    );
  }
  const hasApt = isOnPath('apt-get');
  throw new SetupError(
    describeMissing(libraries),
    hasApt
      ? `Run \`sudo apt-get install -y ${packages.map(availableName).join(' ')}\`, then run the command again.`
      : `Install what your distribution calls ${packages.join(', ')}, then run the command again.`,
  );
}
