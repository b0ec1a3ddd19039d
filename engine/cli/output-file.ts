import { open, rename, rm, stat } from 'node:fs/promises';
import { EngineError } from '../errors.js';

/** A file that appears whole or not at all. */
export interface OutputFile {
  write(text: string): Promise<void>;
  /** Leaves nothing where nothing was written. */
  discard(): Promise<void>;
}

/** Sees to it that a file can be written, before the work that it is for. @throws EngineError FILE_UNWRITABLE */
export async function openOutputFile(path: string): Promise<OutputFile> {
  const partial = `${path}.${process.pid}.tmp`;
  const file = await naming(path, async () => {
    if ((await stat(path).catch(() => null))?.isDirectory()) throw new Error('it is a folder');
    return await open(partial, 'w');
  });
  const discard = async () => {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
  };
  const write = (text: string) =>
    naming(path, async () => {
      await file.writeFile(text);
      await file.close();
      await rename(partial, path);
    });
  return { write, discard };
}

async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be written: ${reason}. Name a file in a folder that exists and can be written to.`;
    throw new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
  }
}
