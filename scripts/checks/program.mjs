import { join } from 'node:path';
import { projectRoot } from '../project-root.mjs';
import { CommandError, runCommand } from '../setup/command.mjs';

// knip and jsdom require() ES modules, which Node does by itself from 20.19 on.
function nodeOptions() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isOld = (major === 20 && minor < 19) || (major === 22 && minor < 12);
  return isOld
    ? `${process.env.NODE_OPTIONS ?? ''} --experimental-require-module --disable-warning=ExperimentalWarning`.trim()
    : undefined;
}

/** A network without a way out, in which processes can talk to each other all the same. */
const ALONE = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

/**
 * Runs a program of node_modules in the project folder.
 * @param {string} script path below node_modules
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, isOffline?: boolean }} [options] `isOffline`: with a network of its own in which there is nobody; takes root
 * @returns {Promise<{ ok: boolean, stdout: string, output: string }>} `output`: stdout and stderr as they came
 */
export async function runTool(script, args, { env = {}, isOffline = false } = {}) {
  const options = nodeOptions();
  let output = '';
  try {
    const command = [process.execPath, join(projectRoot, 'node_modules', script), ...args];
    const [program, ...rest] = isOffline ? [...ALONE, ...command] : command;
    const stdout = await runCommand(program, rest, {
      cwd: projectRoot,
      env: {
        ...env,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        ...(options === undefined ? {} : { NODE_OPTIONS: options }),
      },
      onOutput: (text) => {
        output += text;
      },
    });
    return { ok: true, stdout, output };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { ok: false, stdout: error.stdout, output: output || error.message };
  }
}
