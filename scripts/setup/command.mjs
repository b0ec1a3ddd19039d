import { spawn } from 'node:child_process';
import { basename } from 'node:path';

const HEAD_LINES = 8;
const TAIL_LINES = 12;

/** npm names the cause first, bundlers and apt last. */
function shorten(output) {
  const lines = output.trim().split('\n');
  if (lines.length <= HEAD_LINES + TAIL_LINES) return lines.join('\n');
  return [...lines.slice(0, HEAD_LINES), '…', ...lines.slice(-TAIL_LINES)].join('\n');
}

/** A program that could not be started or ended with an error; the message holds what it printed, shortened. */
export class CommandError extends Error {
  constructor(command, reason, output, stdout = '') {
    const shown = shorten(output);
    super(`${command} failed (${reason})${shown ? `:\n${shown}` : ''}`);
    this.name = 'CommandError';
    this.stdout = stdout;
  }
}

/** The words that tell one call from another: `npm install`, `apt-get update`. */
function describeCommand(command, args) {
  return [command, ...args]
    .filter((word) => !word.startsWith('-'))
    .slice(0, 3)
    .map((word) => basename(word))
    .join(' ');
}

/**
 * Runs a program to its end without showing its output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onStart?: (pid: number) => unknown, onOutput?: (text: string) => void }} [options]
 * @returns {Promise<string>} stdout
 * @throws {CommandError}
 */
export function runCommand(command, args, { cwd, env = {}, onStart, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    // npm is a .cmd file on Windows, which only a shell can start.
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
      onOutput?.(text);
    });
    child.on('error', (error) => reject(new CommandError(basename(command), error.code ?? error.message, output)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandError(describeCommand(command, args), signal ?? `exit code ${code}`, output, stdout));
    });
    if (child.pid !== undefined) onStart?.(child.pid);
  });
}

/** How to start the npm that the user runs us with: `[program, first arguments]`. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /^npm-cli\.[cm]?js$/.test(basename(script))) return [process.execPath, [script]];
  return ['npm', []];
}

/**
 * Calls `look` every half second while `work` is under way.
 * @template T
 * @param {Promise<T>} work
 * @param {() => Promise<void>} look
 * @returns {Promise<T>}
 */
export async function whileWatching(work, look) {
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    // What is looked at comes and goes while a program writes it; a missed look costs one progress step.
    await look().catch(() => {});
    looking = false;
  }, 500);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
