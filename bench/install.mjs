import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runEntry } from '../scripts/entry.mjs';
import { runCommand } from '../scripts/setup/command.mjs';
import { withLock } from '../scripts/setup/lock.mjs';
import { ensurePackages, packagesMatchLock } from '../scripts/setup/npm-packages.mjs';
import { createProgress } from '../scripts/setup/progress.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url)).replace(/[\\/]$/, '');

// Puts node-llama-cpp into bench/node_modules: too big for everybody's install, so it is no package of the project.
runEntry(async () => {
  if (packagesMatchLock(folder)) return;
  await withLock(join(folder, '../.cache/bench.lock'), async (adopt) => {
    const run = (command, args, options) => runCommand(command, args, { ...options, onStart: adopt });
    await ensurePackages({ root: folder, progress: createProgress(), run });
  });
});
