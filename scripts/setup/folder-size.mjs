import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Bytes of all files under a folder.
 * @param {string} folder
 */
export async function bytesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
