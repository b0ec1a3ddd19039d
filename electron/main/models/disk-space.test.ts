import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { EngineError } from '../../../engine/errors.js';
import { requireSpace } from './disk-space.js';

const tooFull = (neededBytes: number, freeBytes: number) =>
  new EngineError('DOWNLOAD_NO_SPACE', 'full', { neededBytes, freeBytes });

test('where there is room, nothing happens', async () => {
  await expect(requireSpace(tmpdir(), 1, tooFull)).resolves.toBeUndefined();
});

test('the last of a disk is left to others, and what is free is told', async () => {
  const { bavail, bsize } = await statfs(tmpdir());
  // Others may write meanwhile.
  const allButALittle = bavail * bsize - (16 << 20);
  await expect(requireSpace(tmpdir(), allButALittle, tooFull)).rejects.toMatchObject({
    details: { neededBytes: allButALittle + (64 << 20), freeBytes: expect.any(Number) },
  });
});
