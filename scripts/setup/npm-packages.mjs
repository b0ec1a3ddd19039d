import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, npmCommand, whileWatching } from './command.mjs';
import { SetupError } from './setup-error.mjs';

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

function isSamePackage(locked, installed) {
  return locked !== undefined && locked.version === installed.version && locked.integrity === installed.integrity;
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
    Object.entries(installed).every(([folder, entry]) => isSamePackage(locked[folder], entry)) &&
    requiredFolders(locked).every((folder) => folder in installed && existsSync(join(root, folder, 'package.json')))
  );
}

function countFreshFolders(root, folders, sinceMs) {
  return folders.filter((folder) => {
    const found = statSync(join(root, folder, 'package.json'), { throwIfNoEntry: false });
    return found !== undefined && found.ctimeMs >= sinceMs;
  }).length;
}

/**
 * Makes node_modules what package-lock.json says.
 * @param {import('./run-setup.mjs').SetupContext} context
 */
export async function ensurePackages({ root, progress, run }) {
  progress.start('npm packages');
  const folders = requiredFolders(readPackages(join(root, 'package-lock.json')));
  const startMs = Date.now();
  const [program, first] = npmCommand();
  const args = [
    ...first,
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  try {
    await whileWatching(run(program, args, { cwd: root }), async () => {
      progress.update(countFreshFolders(root, folders, startMs) / folders.length);
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(
      `The npm packages could not be installed: ${error.message}`,
      'Check that the npm registry is reachable (`npm ping`) and that package-lock.json fits package.json, then run the command again.',
    );
  }
  if (!packagesMatchLock(root)) {
    throw new SetupError(
      'npm finished, but node_modules still differs from package-lock.json.',
      'Remove node_modules and run the command again.',
    );
  }
  progress.done();
}
