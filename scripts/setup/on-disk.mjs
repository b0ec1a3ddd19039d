import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesUnder } from './folder-size.mjs';

const FOLDERS = {
  'npm packages': 'node_modules',
  "Electron's runtime": '.cache/electron',
  'default model': 'assets/models',
};

/**
 * What the set-up's parts take, a line each; one that lies elsewhere has none.
 * @param {string} root project folder
 */
export async function onDisk(root) {
  const present = Object.entries(FOLDERS).filter(([, folder]) => existsSync(join(root, folder)));
  const line = async ([name, folder]) =>
    `${name.padEnd(20)}${`${Math.round((await bytesUnder(join(root, folder))) / 1e6)} MB`.padStart(7)}  ${folder}`;
  return (await Promise.all(present.map(line))).join('\n');
}
