import { type FileHandle, open } from 'node:fs/promises';
import { EngineError } from '../errors.js';

/** The code of a file-system error, as Node names it (ENOENT …); '' for anything else. */
export function systemErrorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** Why a model file could not be opened or read, for people. */
export function fileProblem(path: string, thrown: unknown): EngineError {
  const code = systemErrorCode(thrown);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new EngineError(
      'MODEL_FILE_MISSING',
      `There is no model at ${path}. Check the path or download the model again.`,
      { path },
      { cause: thrown },
    );
  }
  const reason =
    code === 'EACCES' || code === 'EPERM'
      ? 'reading it is not permitted. Change its permissions or choose another file'
      : `${thrown instanceof Error ? thrown.message : String(thrown)}. Check the disk or choose another file`;
  return new EngineError('MODEL_FILE_UNREADABLE', `${path} cannot be read: ${reason}.`, { path }, { cause: thrown });
}

/** Opens a model file for reading. @throws MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE */
export async function openModelFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}
