import { z } from 'zod';
import { EngineError } from '../../../engine/errors.js';
import { chatSettings } from '../../ipc/chat-settings.js';
import { chatSummary, datedMessage } from '../../ipc/chat-shapes.js';

export const FORMAT = 'pyramid-chat';
/** 2: with `settings` and `model` of a chat, `asked.systemPrompt` of an answer. */
export const VERSION = 2;

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
  if (typeof version === 'number' && version > VERSION) {
    throw invalid(
      `It has version ${version}, and this app reads up to ${VERSION}. A newer version of the app reads it.`,
    );
  }
  const parsed = chatFile.safeParse(content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw invalid(`${path.join('.') || 'The file'}: ${message}.`);
  }
  const ids = parsed.data.chats.flatMap(({ messages }) => messages.map(({ id }) => id));
  if (new Set(ids).size < ids.length) throw invalid('Two messages have the same id.');
  return parsed.data.chats;
}

export function invalid(reason: string): EngineError {
  return new EngineError('CHATS_FILE_INVALID', `${reason} Nothing was imported.`, { reason });
}
