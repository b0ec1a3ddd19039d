import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { EngineError } from '../../../engine/errors.js';

/** Left to everything else on the disk. */
export const SPARE_BYTES = 64 << 20;
/** Of a folder, what an import may read. */
const MODEL_FILES = /\.(safetensors|json|jinja)$/;

/** Whether a path lies in a folder. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !/^\.\.([/\\]|$)/.test(way) && way !== path;
}

/** Bytes of a model file, or of the files of a model's folder; null: there is none. */
export async function modelBytes(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
    const sizes = await Promise.all((await filesOf(path)).map(async (name) => (await stat(join(path, name))).size));
    return sizes.some((size) => size > 0) ? sizes.reduce((sum, size) => sum + size, 0) : null;
  } catch {
    return null;
  }
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => MODEL_FILES.test(name));
}

const PARTIAL = '.part';

/** Removes what copies left that the app's end cut short. */
export async function removeUnfinishedCopies(ownFolder: string): Promise<void> {
  const entries = await readdir(ownFolder, { withFileTypes: true }).catch(() => []);
  const unfinished = entries.filter((entry) => entry.isDirectory() && entry.name.endsWith(PARTIAL));
  await Promise.all(unfinished.map(({ name }) => rm(join(ownFolder, name), { recursive: true, force: true })));
}

/**
 * Copies a model into a folder of its own, which appears whole or not at all.
 * @returns the copy's path
 * @throws MODEL_FILE_MISSING, IMPORT_DISK_FULL, FILE_UNWRITABLE
 */
export async function copyModel(path: string, folder: string): Promise<string> {
  const bytes = await modelBytes(path);
  if (bytes === null) {
    throw new EngineError(
      'MODEL_FILE_MISSING',
      `There is no model at ${path} any more. Say where it is, or remove it.`,
    );
  }
  const partial = `${folder}${PARTIAL}`;
  try {
    await mkdir(partial, { recursive: true });
    await checkSpace(partial, bytes);
    const isFolder = (await stat(path)).isDirectory();
    const names = isFolder ? await filesOf(path) : [basename(path)];
    for (const name of names) {
      await copyFile(isFolder ? join(path, name) : path, join(partial, name), constants.COPYFILE_FICLONE);
    }
    await rename(partial, folder);
    return isFolder ? folder : join(folder, basename(path));
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    if (cause instanceof EngineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The model could not be copied to ${folder}: ${reason}. The original is as it was; make room, or leave it there.`;
    throw new EngineError('FILE_UNWRITABLE', message, { path: folder }, { cause });
  }
}

async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes + SPARE_BYTES) return;
  const megabytes = (count: number) => `${Math.ceil(count / 1e6)} MB`;
  const message = `Copying takes ${megabytes(bytes)} in ${folder}, where ${megabytes(freeBytes)} are free. Make room, or leave the model where it is.`;
  throw new EngineError('IMPORT_DISK_FULL', message, { folder, neededBytes: bytes, freeBytes });
}
