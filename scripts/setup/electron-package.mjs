import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * A JSON file of the installed `electron` package.
 * @param {string} root project folder
 * @param {string} file
 */
export function readElectronJson(root, file) {
  return JSON.parse(readFileSync(join(root, 'node_modules/electron', file), 'utf8'));
}

/**
 * A dependency of the `electron` package, the ones that it fetches and unpacks its runtime with.
 * @param {string} root project folder
 * @param {string} name
 */
export async function importFromElectron(root, name) {
  const { resolve } = createRequire(join(root, 'node_modules/electron/package.json'));
  return import(pathToFileURL(resolve(name)).href);
}

/**
 * Unpacks a zip.
 * @param {string} root project folder
 * @param {string} zip
 * @param {string} folder absolute
 */
export async function unzip(root, zip, folder) {
  const { extract } = await importFromElectron(root, '@electron-internal/extract-zip');
  await extract(zip, { dir: folder });
}
