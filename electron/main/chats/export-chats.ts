import type { ChatSummary } from '../../ipc/chat-shapes.js';
import { writeWholeFile } from '../whole-file.js';
import type { ChatCallInput } from './chat-calls.js';
import { type FileChat, FORMAT, VERSION } from './chat-file.js';
import type { ChatStorage } from './chat-storage.js';
import { toMarkdown } from './markdown.js';

/**
 * Writes chats into a file that appears whole or not at all. One chat at a time: what is to be kept meanwhile is kept.
 * @throws FILE_UNWRITABLE; what the storage throws
 */
export async function exportChats(
  storage: ChatStorage,
  { path, chatIds, format }: ChatCallInput<'exportTo'>,
): Promise<void> {
  const { chats } = storage.list(false);
  const wanted = chatIds && new Set(chatIds);
  const chosen = chats.filter(({ id, leafId }) => leafId !== null && (!wanted || wanted.has(id)));
  const read = readAll(storage, chosen);
  await writeWholeFile(path, format === 'json' ? asJson(read) : asMarkdown(read));
}

function* readAll(storage: ChatStorage, chosen: readonly ChatSummary[]): Generator<FileChat> {
  for (const summary of chosen) {
    const { id } = summary;
    yield storage.use(({ table }) => ({
      ...summary,
      createdAt: table.createdAt(id),
      messages: table.readDated(id),
    }));
  }
}

function* asJson(chats: Iterable<FileChat>): Generator<string> {
  yield `{"format":"${FORMAT}","version":${VERSION},"chats":[`;
  let separator = '\n';
  for (const chat of chats) {
    yield separator + JSON.stringify(chat);
    separator = ',\n';
  }
  yield '\n]}\n';
}

function* asMarkdown(chats: Iterable<FileChat>): Generator<string> {
  let separator = '';
  for (const chat of chats) {
    yield separator + toMarkdown(chat);
    separator = '\n---\n\n';
  }
}
