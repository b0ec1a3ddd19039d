import { z } from 'zod';
import { EngineError } from '../../../engine/errors.js';
import { type ChatFileProblem, chatFileWords } from '../../ipc/chat-file-words.js';
import { chatSettings } from '../../ipc/chat-settings.js';
import { chatSummary, datedMessage } from '../../ipc/chat-shapes.js';

export const FORMAT = 'pyramid-chat';
/** 2: with `settings` and `model` of a chat, `asked.systemPrompt` of an answer. */
export const VERSION = 2;
const LONGEST_SHOWN_TITLE = 100;

/** A chat in a file, whole: docs/chat-format.md says what each field means. */
export const fileChat = chatSummary.extend({
  // Files of version 1 have neither.
  settings: chatSettings.default({}),
  model: chatSummary.shape.model.default(null),
  createdAt: chatSummary.shape.updatedAt,
  messages: z.array(datedMessage).readonly(),
});
export type FileChat = z.infer<typeof fileChat>;

const chatFile = z.strictObject({
  format: z.literal(FORMAT),
  version: z.union([z.literal(1), z.literal(VERSION)]),
  chats: z.array(fileChat),
});

/** @throws CHATS_FILE_INVALID naming the field; a newer version's file says so */
export function parseChatFile(content: unknown): FileChat[] {
  const version = (content as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > VERSION) throw invalid({ problem: 'newer', version, known: VERSION });
  const parsed = chatFile.safeParse(content);
  if (!parsed.success) throw invalid(problemAt(content, parsed.error.issues[0].path));
  const ids = parsed.data.chats.flatMap(({ messages }) => messages.map(({ id }) => id));
  if (new Set(ids).size < ids.length) throw invalid({ problem: 'twice' });
  return parsed.data.chats;
}

/** What is wrong, by where a schema found it. */
function problemAt(content: unknown, [list, chat, ...inChat]: readonly PropertyKey[]): ChatFileProblem {
  if (list !== 'chats' || typeof chat !== 'number') return { problem: 'unknown' };
  const title = (content as { chats: { title?: unknown }[] }).chats[chat]?.title;
  const isInMessage = inChat[0] === 'messages' && typeof inChat[1] === 'number';
  const field = (isInMessage ? inChat.slice(2) : inChat)[0];
  return {
    place: chat + 1,
    ...(typeof title === 'string' && title.trim() !== '' && { title: title.slice(0, LONGEST_SHOWN_TITLE) }),
    ...(isInMessage && { message: Number(inChat[1]) + 1 }),
    ...(field === undefined ? { problem: 'wrong' } : { problem: 'wrongField', field: String(field) }),
  };
}

/** In English, as where other errors are made; the window says the same in its language. */
export function invalid(problem: ChatFileProblem): EngineError {
  return new EngineError('CHATS_FILE_INVALID', chatFileWords(problem, 'en'), problem);
}
