import { z } from 'zod';
import { EngineError } from '../../../engine/errors.js';
import { type SharedAssistant, sharedAssistant } from '../../ipc/assistant-contract.js';
import { type AssistantFileProblem, assistantFileWords } from '../../ipc/assistant-file-words.js';
import { MAX_ASSISTANTS } from '../../ipc/chat-limits.js';
import { receivedJson, receivedText } from '../received-json.js';
import { problemOf } from './file-problem.js';

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
  const content = receivedJson(text, invalid);
  const version = (content as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > VERSION) throw invalid({ problem: 'newer', version, known: VERSION });
  const parsed = assistantFile.safeParse(content);
  if (parsed.success) return parsed.data.assistants;
  throw invalid(problemOf(content, parsed.error.issues[0]));
}

/** @throws ASSISTANT_FILE_INVALID */
export async function readAssistantFile(path: string): Promise<SharedAssistant[]> {
  return parseAssistantFile(await receivedText(path, MAX_BYTES, invalid));
}

/** In English, as where other errors are made; the window says the same in its language. */
function invalid(problem: AssistantFileProblem): EngineError {
  return new EngineError('ASSISTANT_FILE_INVALID', assistantFileWords(problem, 'en'), problem);
}
