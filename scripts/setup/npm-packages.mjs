import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, npmCommand, whileWatching } from './command.mjs';
import { SetupError } from './setup-error.mjs';

const INSTALL_OPTIONS = [
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** npm's own rule for `os` and `cpu`: a list of names, or of names that are excluded. */
function allows(list, name) {
  if (!list) return true;
  if (list.includes(`!${name}`)) return false;
  return list.includes(name) || list.every((entry) => entry.startsWith('!'));
}

/** Optional packages are required only where they name this platform; which libc they name is npm's business. */
function isRequired(entry) {
  if (entry.link) return false;
  if (!entry.optional) return true;
  const namesPlatform = (entry.os ?? entry.cpu) !== undefined && entry.libc === undefined;
  return namesPlatform && allows(entry.os, process.platform) && allows(entry.cpu, process.arch);
}

function requiredFolders(locked) {
  return Object.keys(locked).filter((folder) => folder !== '' && isRequired(locked[folder]));
}

/** A lock file made where a registry lacks some platforms' binaries does not list those; npm adds them where it can. */
function fitsLock(locked, installed) {
  if (locked === undefined) return installed.optional === true;
  return locked.version === installed.version && locked.integrity === installed.integrity;
}

/**
 * Whether node_modules holds what package-lock.json says, by npm's own record of what it installed
 * (written last, so an interrupted install has none).
 * @param {string} root project folder
 */
export function packagesMatchLock(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const locked = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(record);
  return (
    Object.entries(installed).every(([folder, entry]) => fitsLock(locked[folder], entry)) &&
    requiredFolders(locked).every((folder) => folder in installed && existsSync(join(root, folder, 'package.json')))
  );
}

function countFolders(root, folders) {
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json'))).length;
}

/**
 * Makes node_modules what package-lock.json says.
 * @param {import('./run-setup.mjs').SetupContext} context
 */
export async function ensurePackages({ root, progress, run }) {
  progress.start('npm packages');
  const folders = requiredFolders(readPackages(join(root, 'package-lock.json')));
  // What `npm ci` does, but that refuses a lock file without some platform's optional packages. Removed first: npm
  // takes a package that an interrupted install left half unpacked for a whole one.
  await rm(join(root, 'node_modules'), { recursive: true, force: true });
  const [program, first] = npmCommand();
  const args = [...first, 'install', '--no-save', ...INSTALL_OPTIONS];
  try {
    await whileWatching(run(program, args, { cwd: root }), async () => {
      progress.update(countFolders(root, folders) / folders.length);
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(
      `The npm packages could not be installed: ${error.message}`,
      'Check that the npm registry is reachable (`npm ping`), then run the command again.',
    );
  }
  if (!packagesMatchLock(root)) {
    throw new SetupError(
      'What npm installed differs from package-lock.json, so that file does not fit package.json.',
      'Run `npm install` and commit the package-lock.json that it writes.',
    );
  }
  progress.done();
}
