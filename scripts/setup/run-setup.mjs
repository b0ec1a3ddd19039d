import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { ensureDefaultModel, isModelPresent } from './default-model.mjs';
import { electronExecutable, ensureElectronRuntime } from './electron-runtime.mjs';
import { withLock } from './lock.mjs';
import { ensurePackages, packagesMatchLock } from './npm-packages.mjs';
import { createProgress } from './progress.mjs';
import { ensureSystemPackages, installSystemPackages, isElectronAbleToStart } from './system-packages.mjs';

/**
 * @typedef {object} SetupContext
 * @property {string} root project folder
 * @property {ReturnType<typeof createProgress>} progress
 * @property {typeof runCommand} run runs a program; if the set-up is killed, the lock holds until that program ends
 * @property {(packages: string[]) => Promise<boolean>} installSystemPackages Debian packages, if this is root
 */

/** In the order in which they need each other. */
const PARTS = {
  packages: { isDone: packagesMatchLock, ensure: ensurePackages },
  electron: { isDone: (root) => electronExecutable(root) !== undefined, ensure: ensureElectronRuntime },
  system: { isDone: isElectronAbleToStart, ensure: ensureSystemPackages },
  model: { isDone: isModelPresent, ensure: ensureDefaultModel },
};

export const PART_NAMES = Object.keys(PARTS);

/**
 * Gets what is missing; silent and fast when nothing is. Several at once wait for each other.
 * @param {string} root project folder
 * @param {string[]} [names] parts to look after; default: all
 * @throws {import('./setup-error.mjs').SetupError}
 */
export async function runSetup(root, names = PART_NAMES) {
  const parts = PART_NAMES.filter((name) => names.includes(name)).map((name) => PARTS[name]);
  if (parts.every((part) => part.isDone(root))) return;
  const progress = createProgress();
  const onWait = () => progress.note('Another set-up of this folder is running; waiting for it.');
  await withLock(
    join(root, '.cache/setup.lock'),
    async (adopt) => {
      const context = { root, progress };
      context.run = (command, args, options) => runCommand(command, args, { ...options, onStart: adopt });
      context.installSystemPackages = (packages) => installSystemPackages(context, packages);
      for (const part of parts) {
        if (!part.isDone(root)) await part.ensure(context);
      }
    },
    onWait,
  );
}
