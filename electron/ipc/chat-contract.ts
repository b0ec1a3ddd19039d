import { z } from 'zod';
import { type ChatSummary, chatId, chatSummary, draft, type KeptMessage, keptMessage } from './chat-shapes.js';

const ids = z.array(chatId).max(1_000_000).readonly();

/** What changed since it was kept last. All of it is kept, or none. */
const chatChanges = z.strictObject({
  chats: z.array(chatSummary).readonly(),
  drafts: z.array(z.strictObject({ chatId, draft })).readonly(),
  /** Those that others follow come first. */
  messages: z.array(z.strictObject({ chatId, message: keptMessage })).readonly(),
  deletedMessages: ids,
  /** They come back if they are kept again before the next start. */
  deletedChats: ids,
});
export type ChatChanges = z.infer<typeof chatChanges>;

/** What was found damaged and set aside, and what of it could be read. */
const rescue = z.strictObject({ chats: z.int(), messages: z.int(), lostRows: z.boolean(), setAside: z.string() });
export type Rescue = z.infer<typeof rescue>;

const stretch = z.strictObject({ text: z.string(), isHit: z.boolean() });

/** One for each chat. `messageId` null: its title is meant. */
const searchHit = z.strictObject({
  chatId,
  messageId: chatId.nullable(),
  snippet: z.array(stretch).readonly(),
});
export type SearchHit = z.infer<typeof searchHit>;

const imported = z.strictObject({
  chats: z.custom<ChatSummary[]>(Array.isArray),
  /** Chats that were there already, and are left as they are. */
  known: z.int(),
  /** Chats of the file with nothing in them to read. */
  empty: z.int(),
});
export type Imported = z.infer<typeof imported>;

/** Rows are checked where they are read, on a thread of their own. */
const openedChats = z.strictObject({ chats: z.custom<ChatSummary[]>(Array.isArray), rescue: rescue.nullable() });
const openedChat = z.strictObject({ messages: z.custom<KeptMessage[]>(Array.isArray), draft });
export type OpenedChat = z.infer<typeof openedChat>;

const exportOrder = z.strictObject({
  /** Null: all. */
  chatIds: ids.nullable(),
  format: z.enum(['json', 'markdown']),
  /** Offered in the dialog, without what a file name may not have. */
  name: z.string().max(400),
});
export type ExportOrder = z.infer<typeof exportOrder>;

/** The calls about kept chats. */
export const chatCalls = {
  /** All chats, and what was rescued since this was asked last. */
  listChats: { input: z.void(), output: openedChats },
  readChat: { input: z.strictObject({ chatId }), output: openedChat },
  /** Answers when everything is on disk. */
  keepChats: { input: chatChanges, output: z.void() },
  /** The newest hits first. */
  searchChats: { input: z.strictObject({ query: z.string().max(1000) }), output: z.array(searchHit) },
  /** Lets the user say where, and writes these chats, or all, there: the path; null if cancelled. */
  exportChats: { input: exportOrder, output: z.string().nullable() },
  /** Lets the user choose a file of this or another app; null if cancelled. */
  importChats: { input: z.void(), output: imported.nullable() },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
