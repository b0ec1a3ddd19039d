import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from './errors.js';

/**
 * Writes a file that appears whole or not at all; one that was there stays until then.
 * @throws EngineError FILE_UNWRITABLE
 */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be written: ${reason}. Make room, or see that its folder can be written to.`;
    throw new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
  }
}
