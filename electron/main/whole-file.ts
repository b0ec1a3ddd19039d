import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { EngineError } from '../../engine/errors.js';

/**
 * Writes a file that appears whole or not at all; one that was there stays until then. Pieces are asked for one by one,
 * each when the one before is written.
 * @throws FILE_UNWRITABLE; an EngineError of whoever makes the pieces
 */
export async function writeWholeFile(path: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const partial = partialPath(path);
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unwritable(path, cause);
  }
}

/** As `writeWholeFile`, but before it returns: for a few words that must be kept also as the app ends. @throws FILE_UNWRITABLE */
export function writeWholeFileNow(path: string, content: string): void {
  const partial = partialPath(path);
  try {
    writeFileSync(partial, content);
    renameSync(partial, path);
  } catch (cause) {
    rmSync(partial, { force: true });
    throw unwritable(path, cause);
  }
}

function partialPath(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

function unwritable(path: string, cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${path} cannot be written: ${reason}. Nothing was saved; choose another folder, or make room.`;
  return new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
}
