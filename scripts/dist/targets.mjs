import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { createProgress } from '../setup/progress.mjs';
import { installSystemPackages } from '../setup/system-packages.mjs';

/** What can be made without a download, and the program that it takes, with the Debian package that brings it. */
const OFFLINE_TARGETS = {
  dir: undefined,
  deb: { program: 'dpkg-deb', debianPackage: 'dpkg' },
  rpm: { program: 'rpmbuild', debianPackage: 'rpm' },
  'tar.gz': { program: '7za', debianPackage: 'p7zip-full' },
};

/** @returns {string | undefined} where PATH has a program */
export function commandPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

/**
 * Which of `names` are there, after an attempt to install the others as root.
 * @param {{ program: string, debianPackage: string }[]} tools
 * @returns {Promise<(program: string) => boolean>}
 */
export async function requireTools(tools) {
  const missing = tools.filter(({ program }) => !commandPath(program)).map(({ debianPackage }) => debianPackage);
  if (missing.length > 0) {
    await installSystemPackages({ progress: createProgress(), run: runCommand }, [...new Set(missing)]);
  }
  return (program) => commandPath(program) !== undefined;
}

/**
 * What electron-builder is to build: all of its configuration's targets with the official runtime, else what needs no
 * download and has its tools here.
 * @param {{ wanted?: string[], isOfficial: boolean, onNote: (line: string) => void }} options
 * @returns {Promise<string[]>} empty: the configuration's
 */
export async function chooseTargets({ wanted, isOfficial, onNote }) {
  if (isOfficial) return wanted ?? [];
  const names = wanted ?? Object.keys(OFFLINE_TARGETS);
  const has = await requireTools(names.map((name) => OFFLINE_TARGETS[name]).filter(Boolean));
  return names.filter((name) => {
    const tool = OFFLINE_TARGETS[name];
    if (!tool || has(tool.program)) return true;
    onNote(`${name} is left out: there is no ${tool.program} (Debian: apt-get install ${tool.debianPackage}).`);
    return false;
  });
}
