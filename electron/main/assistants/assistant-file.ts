import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { EngineError } from '../../../engine/errors.js';
import { type SharedAssistant, sharedAssistant } from '../../ipc/assistant-contract.js';
import { MAX_ASSISTANTS } from '../../ipc/chat-limits.js';

const FORMAT = 'pyramid-assistants';
const VERSION = 1;
/** More than as many assistants as there may be, each as long as it may be. */
const MAX_BYTES = 32_000_000;

const assistantFile = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  assistants: z.array(sharedAssistant).min(1).max(MAX_ASSISTANTS),
});

/** What a file of these assistants holds: docs/assistants.md. */
export function assistantFileText(assistants: readonly SharedAssistant[]): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, assistants }, null, 2)}\n`;
}

/** @throws ASSISTANT_FILE_INVALID naming the field; a newer version's file says so */
export function parseAssistantFile(text: string): SharedAssistant[] {
  const content = jsonOf(text);
  const version = (content as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > VERSION) {
    throw invalid(
      `It has version ${version}, and this app reads up to ${VERSION}. A newer version of the app reads it.`,
    );
  }
  const parsed = assistantFile.safeParse(content);
  if (parsed.success) return parsed.data.assistants;
  const { path, message } = parsed.error.issues[0];
  throw invalid(`${path.join('.') || 'The file'}: ${message}.`);
}

/** @throws ASSISTANT_FILE_INVALID */
export async function readAssistantFile(path: string): Promise<SharedAssistant[]> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`${size} bytes are more than the ${MAX_BYTES} that are read`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    throw invalid(`${path} cannot be read as text: ${wordsOf(cause)}.`);
  }
  return parseAssistantFile(text);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`It is no JSON: ${wordsOf(cause)}.`);
  }
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function invalid(reason: string): EngineError {
  return new EngineError(
    'ASSISTANT_FILE_INVALID',
    `${reason} Nothing was imported. Have it exported again, or mend that field.`,
    { reason },
  );
}
