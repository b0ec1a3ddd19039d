import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { electronExecutable } from './setup/electron-runtime.mjs';

function isSetuidRoot(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.uid === 0 && (found.mode & 0o4000) !== 0;
}

/** Chromium's sandbox needs unprivileged user namespaces or a setuid-root binary, and refuses to run as root. */
function isSandboxUsable(folder) {
  if (process.platform !== 'linux') return true;
  if (process.getuid() === 0) return false;
  if (isSetuidRoot(join(folder, 'chrome-sandbox'))) return true;
  return spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0;
}

/**
 * What to add to the environment to start the fetched Electron in development and tests. The product itself never
 * turns its sandbox off.
 * @returns {Record<string, string>}
 */
export function electronEnvironment() {
  const executable = electronExecutable(projectRoot);
  if (!executable) return {};
  const folder = dirname(executable);
  const sandbox = isSandboxUsable(folder) ? {} : { ELECTRON_DISABLE_SANDBOX: '1' };
  return { ELECTRON_OVERRIDE_DIST_PATH: folder, ...sandbox };
}
