import { spawn } from 'node:child_process';
import { hasDisplay } from './setup/system-packages.mjs';

const START_TIMEOUT_MS = 10_000;

/** Xvfb picks a free display and writes its number to the pipe once it accepts clients. */
function startXvfb() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let complaint = '';
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error('Xvfb did not start within 10 s'));
    }, START_TIMEOUT_MS);
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Xvfb ended with ${code}: ${complaint.trim()}`)));
    child.stdio[3].once('data', (number) => {
      clearTimeout(timer);
      resolve({ child, display: `:${String(number).trim()}` });
    });
  });
}

/**
 * Gives this process a display if there is none (Linux): Xvfb, until `stop` is called or the process ends.
 * @returns {Promise<{ started: boolean, stop(): void }>}
 */
export async function ensureDisplay() {
  if (process.platform !== 'linux' || hasDisplay()) return { started: false, stop: () => {} };
  const { child, display } = await startXvfb();
  child.removeAllListeners('exit');
  // It must not keep this process alive once the work is done; its pipes stay open, or it would die of writing to them.
  for (const handle of [child, child.stderr, child.stdio[3]]) handle.unref();
  const stop = () => {
    child.kill();
    // Who asks next gets a display of their own.
    if (process.env.DISPLAY === display) delete process.env.DISPLAY;
  };
  process.once('exit', stop);
  process.env.DISPLAY = display;
  return { started: true, stop };
}
