import { readFile, stat } from 'node:fs/promises';
import { EngineError } from '../../engine/errors.js';
import { checkTraceSize, parseTrace } from '../../engine/trace/parse.js';
import type { Trace } from '../../engine/trace/schema.js';

/** A trace from a file that may hold anything. @throws TRACE_INVALID */
export async function readTraceFile(path: string): Promise<Trace> {
  return parseTrace(await readBounded(path));
}

async function readBounded(path: string): Promise<string> {
  try {
    checkTraceSize((await stat(path)).size);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('TRACE_INVALID', `${path} cannot be read as text: ${reason}.`, { path }, { cause });
  }
}
