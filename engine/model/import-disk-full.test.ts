import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf } from '../testing/tiny-model.js';
import { importModel } from './import-model.js';

/** The disk as the import sees it. */
const disk = vi.hoisted(() => ({ freeBytes: Number.POSITIVE_INFINITY, writesLeft: Number.POSITIVE_INFINITY }));

// A full disk cannot be had in a test without mounting one; the file system is faked at its edge.
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const open: typeof real.open = async (path, ...rest) => {
    const handle = await real.open(path, ...rest);
    if (!String(path).endsWith('weights.bin')) return handle;
    const write = handle.write.bind(handle);
    handle.write = ((...parameters: Parameters<typeof write>) => {
      if (disk.writesLeft-- > 0) return write(...parameters);
      return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
    }) as typeof handle.write;
    return handle;
  };
  const statfs = async (path: string) => {
    const stats = await real.statfs(path);
    return Number.isFinite(disk.freeBytes) ? { ...stats, bsize: 1, bavail: disk.freeBytes } : stats;
  };
  return { ...real, open, statfs };
});

beforeEach(() => {
  disk.freeBytes = Number.POSITIVE_INFINITY;
  disk.writesLeft = Number.POSITIVE_INFINITY;
});

async function importTiny() {
  const cacheFolder = join(await temporaryFolder(), 'cache');
  const modelPath = await writeTinyGguf(await temporaryFolder());
  return { cacheFolder, importing: importModel({ modelPath, cacheFolder, precision: 'default' }) };
}

test('too little room is said before anything is written: how much and where', async () => {
  disk.freeBytes = 5_000_000;
  const { cacheFolder, importing } = await importTiny();
  await expect(importing).rejects.toMatchObject({
    code: 'IMPORT_DISK_FULL',
    message: expect.stringMatching(/needs \d+ MB in .*cache, 5 MB are free/),
    details: { folder: cacheFolder, neededBytes: expect.any(Number), freeBytes: 5_000_000 },
  });
  expect(await readdir(cacheFolder)).toEqual(['index.json']);
});

test('a disk that fills up on the way gets the same error, and nothing is left', async () => {
  disk.writesLeft = 3;
  const { cacheFolder, importing } = await importTiny();
  await expect(importing).rejects.toMatchObject({ code: 'IMPORT_DISK_FULL' });
  expect(disk.writesLeft).toBeLessThan(0);
  expect(await readdir(cacheFolder)).toEqual(['index.json']);
});
