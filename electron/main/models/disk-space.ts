import { statfs } from 'node:fs/promises';
import type { EngineError } from '../../../engine/errors.js';

/** Left to everything else on the disk. */
const SPARE_BYTES = 64 << 20;

/** Throws what `problem` makes of it where a folder's disk has no room for so many bytes more. */
export async function requireSpace(
  folder: string,
  bytes: number,
  problem: (neededBytes: number, freeBytes: number) => EngineError,
): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const [neededBytes, freeBytes] = [bytes + SPARE_BYTES, bavail * bsize];
  if (freeBytes < neededBytes) throw problem(neededBytes, freeBytes);
}
