import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import { isOlderFormat, readManifest, weightsPath } from './converted-folder.js';
import { systemErrorCode } from './file-problem.js';

const TEMPORARY_NAME = /^\.import-(\d+)-/;
/** A process that reuses the id of a killed one would protect its leftovers; nothing writes this long ago. */
const LEFTOVER_AGE_MS = 24 * 3600 * 1000;
/** For the tokenizer, the manifest, and what else needs the disk meanwhile. */
const SPARE_BYTES = 64 << 20;

/** A path for what is being written; its name tells which process it belongs to. */
export function temporaryPath(cacheFolder: string): string {
  return join(cacheFolder, `.import-${process.pid}-${randomBytes(4).toString('hex')}`);
}

/** Removes what killed imports and older versions left; never what a live process is writing. */
export async function removeLeftovers(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    // An older version that runs beside this one may hold its files, where the system lets it.
    if (isOlderFormat(name)) await rm(join(cacheFolder, name), { recursive: true, force: true }).catch(() => undefined);
    const pid = TEMPORARY_NAME.exec(name)?.[1];
    if (!pid) continue;
    const folder = join(cacheFolder, name);
    if (isAlive(Number(pid)) && !(await isOld(folder))) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return systemErrorCode(thrown) === 'EPERM';
  }
}

async function isOld(folder: string): Promise<boolean> {
  const times = await Promise.all(
    [folder, weightsPath(folder)].map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times) > LEFTOVER_AGE_MS;
}

/** @throws IMPORT_DISK_FULL */
export async function checkFreeSpace(cacheFolder: string, bytes: number): Promise<void> {
  const free = await freeBytes(cacheFolder);
  if (free < bytes + SPARE_BYTES) throw diskFull(cacheFolder, bytes + SPARE_BYTES, free);
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export function diskFull(folder: string, needed: number, free: number, cause?: unknown): EngineError {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  return new EngineError(
    'IMPORT_DISK_FULL',
    `The disk is full: preparing this model needs ${megabytes(needed)} in ${folder}, ${megabytes(free)} are free. ` +
      'Make room or choose a smaller model.',
    { folder, neededBytes: needed, freeBytes: free },
    { cause },
  );
}

/**
 * Puts a finished import in its place at once. A whole model that another import put there first stays; what is damaged
 * goes. Renaming comes first: whoever looked first and removed then could remove what was put there in between.
 */
export async function publish(importFolder: string, target: string): Promise<void> {
  try {
    await rename(importFolder, target);
  } catch {
    if (await readManifest(target)) {
      await rm(importFolder, { recursive: true, force: true });
      return;
    }
    await rm(target, { recursive: true, force: true });
    await rename(importFolder, target);
  }
}
