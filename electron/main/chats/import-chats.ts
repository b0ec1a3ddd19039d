import { setImmediate as otherCalls } from 'node:timers/promises';
import type { Imported } from '../../ipc/chat-contract.js';
import type { ChatSummary } from '../../ipc/chat-shapes.js';
import { receivedJson, receivedText } from '../received-json.js';
import { type FileChat, fileChat, invalid, parseChatFile } from './chat-file.js';
import type { ChatStorage } from './chat-storage.js';
import { fromForeign } from './foreign-chats.js';
import { chatGptChat, openWebUiChat } from './foreign-formats.js';

/** A string can hold no more. */
const MAX_BYTES = 500_000_000;

/**
 * Takes the chats of a file over that are not there yet. All of the file is looked at before anything is changed.
 * @throws CHATS_FILE_INVALID
 */
export async function importChats(storage: ChatStorage, path: string): Promise<Imported> {
  const { chats, empty } = readChats(receivedJson(await receivedText(path, MAX_BYTES, invalid), invalid));
  const added: ChatSummary[] = [];
  for (const { createdAt, messages, ...summary } of chats) {
    const isNew = storage.use(({ table }) => {
      if (table.has(summary.id)) return false;
      table.add(summary, createdAt, messages);
      return true;
    });
    if (isNew) added.push(summary);
    // An answer that is being written is kept meanwhile.
    await otherCalls();
  }
  return { chats: added, known: chats.length - added.length, empty };
}

/** The chats of a file, whichever app has written it. */
export function readChats(content: unknown): { chats: FileChat[]; empty: number } {
  if (!Array.isArray(content)) {
    if (typeof content === 'object' && content !== null && 'format' in content) {
      return { chats: parseChatFile(content), empty: 0 };
    }
    throw invalid({ problem: 'unknown' });
  }
  const foreign = content.flatMap((value, place) => chatGptChat(value, place) ?? openWebUiChat(value, place) ?? []);
  if (foreign.length === 0) throw invalid({ problem: 'unknown' });
  const chats = new Map<string, FileChat>();
  for (const chat of foreign.map(fromForeign)) {
    // What is longer than may be kept is as what cannot be read.
    const parsed = fileChat.safeParse(chat);
    if (parsed.success) chats.set(parsed.data.id, parsed.data);
  }
  return { chats: [...chats.values()], empty: content.length - chats.size };
}
