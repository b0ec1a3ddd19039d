import { rename, rm, writeFile } from 'node:fs/promises';
import { EngineError } from '../../engine/errors.js';

/**
 * Writes a file that appears whole or not at all; one that was there stays until then. Pieces are asked for one by one,
 * each when the one before is written.
 * @throws FILE_UNWRITABLE; an EngineError of whoever makes the pieces
 */
export async function writeWholeFile(path: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const partial = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (cause instanceof EngineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be written: ${reason}. Nothing was saved; choose another folder, or make room.`;
    throw new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
  }
}
