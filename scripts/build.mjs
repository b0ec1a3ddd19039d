import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './setup/command.mjs';
import { withLock } from './setup/lock.mjs';

const SOURCE_FOLDERS = ['electron', 'engine', 'locales', 'renderer'];
export const SOURCE_FILES = [
  'assets/catalog.json',
  'assets/default-model.json',
  'assets/licences.json',
  'electron.vite.config.ts',
  'scripts/build/licences.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
export const OUTPUTS = [
  'main/entry.js',
  'main/index.js',
  'main/cli.js',
  'main/engine-process.js',
  'preload/index.cjs',
  'renderer/index.html',
];
const NOT_BUILT = /\.test\.tsx?$|^engine[\\/]testing[\\/]|[\\/]fixtures[\\/]/;

/** A build begins by emptying out/main, so the hash found there is always the one of what lies beside it. */
const hashFile = (root) => join(root, 'out/main/sources.sha256');

function sourceFiles(root) {
  const inFolders = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  return [...SOURCE_FILES, ...inFolders.filter((file) => !NOT_BUILT.test(file)).sort()];
}

/**
 * SHA-256 over the names and contents of everything that the build reads.
 * @param {string} root project folder
 */
export function hashSources(root) {
  const hash = createHash('sha256');
  for (const file of sourceFiles(root)) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Whether out/ is built from the sources as they are.
 * @param {string} root project folder
 */
export function isBuilt(root) {
  if (!existsSync(hashFile(root)) || !OUTPUTS.every((file) => existsSync(join(root, 'out', file)))) return false;
  return readFileSync(hashFile(root), 'utf8') === hashSources(root);
}

/**
 * Builds out/ if the sources have changed.
 * @param {string} root project folder
 * @param {() => void} [onBuild] called when it takes a build
 * @throws {import('./setup/command.mjs').CommandError} with the bundler's output
 */
export async function ensureBuilt(root, onBuild = () => {}) {
  if (isBuilt(root)) return;
  await withLock(join(root, '.cache/build.lock'), async (adopt) => {
    if (isBuilt(root)) return;
    onBuild();
    // Before the build: what changes while it runs is built the next time.
    const hash = hashSources(root);
    const electronVite = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
    await runCommand(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], { cwd: root, onStart: adopt });
    writeFileSync(hashFile(root), hash);
  });
}
