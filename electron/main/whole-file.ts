import { rename, rm, writeFile } from 'node:fs/promises';
import { EngineError } from '../../engine/errors.js';

/** Writes a file that appears whole or not at all; one that was there stays until then. @throws FILE_UNWRITABLE */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be written: ${reason}. Nothing was saved; choose another folder, or make room.`;
    throw new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
  }
}
