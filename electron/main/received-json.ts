import { readFile, stat } from 'node:fs/promises';
import { EngineError } from '../../engine/errors.js';

/** Why a file that somebody chose holds no JSON. */
export type UnreadableJson =
  | { problem: 'unreadable'; cause: string }
  | { problem: 'tooLarge'; megabytes: number; most: number }
  | { problem: 'noText' | 'noJson' };

type Refuse = (problem: UnreadableJson) => EngineError;

/** A file's text. @throws what `refuse` makes of the problem */
export async function receivedText(path: string, mostBytes: number, refuse: Refuse): Promise<string> {
  const bytes = await bytesOf(path, mostBytes, refuse);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse({ problem: 'noText' });
  }
}

/** @throws what `refuse` makes of the problem */
export function receivedJson(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse({ problem: 'noJson' });
  }
}

async function bytesOf(path: string, mostBytes: number, refuse: Refuse): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= mostBytes) return await readFile(path);
    throw refuse({ problem: 'tooLarge', megabytes: Math.ceil(size / 1e6), most: mostBytes / 1e6 });
  } catch (thrown) {
    if (thrown instanceof EngineError) throw thrown;
    throw refuse({ problem: 'unreadable', cause: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}
