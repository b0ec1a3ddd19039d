import { readFile } from 'node:fs/promises';
import { EngineError, type EngineErrorCode } from '../errors.js';

/** A file's text; bytes that are no UTF-8 are a mistake in the file, not text to be guessed at. @throws `code` */
export async function readTextFile(path: string, code: EngineErrorCode): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(code, `${path} cannot be read as UTF-8 text: ${reason}`, { path }, { cause });
  }
}

/** @throws `code` */
export async function readJsonFile(path: string, code: EngineErrorCode): Promise<unknown> {
  const text = await readTextFile(path, code);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(code, `${path} holds no JSON: ${reason}`, { path }, { cause });
  }
}
