import { open, rename, rm } from 'node:fs/promises';
import { EngineError } from '../../../engine/errors.js';
import type { ChatCallInput } from './chat-calls.js';
import { type FileChat, FORMAT, VERSION } from './chat-file.js';
import type { ChatStorage } from './chat-storage.js';
import { toMarkdown } from './markdown.js';

/**
 * Writes chats into a file that appears whole or not at all. One chat at a time: what is to be kept meanwhile is kept.
 * @throws FILE_UNWRITABLE
 */
export async function exportChats(
  storage: ChatStorage,
  { path, chatIds, format }: ChatCallInput<'exportTo'>,
): Promise<void> {
  const { chats } = storage.list(false);
  const wanted = chatIds && new Set(chatIds);
  const chosen = chats.filter(({ id, leafId }) => leafId !== null && (!wanted || wanted.has(id)));
  const partial = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(partial, 'w');
    try {
      if (format === 'json') await file.write(`{"format":"${FORMAT}","version":${VERSION},"chats":[`);
      for (const [n, summary] of chosen.entries()) {
        const chat = storage.use(({ table }): FileChat => {
          const { id } = summary;
          return { ...summary, createdAt: table.createdAt(id), messages: table.readDated(id) };
        });
        await file.write(
          format === 'json' ? `${n > 0 ? ',' : ''}\n${JSON.stringify(chat)}` : between(n) + toMarkdown(chat),
        );
      }
      if (format === 'json') await file.write('\n]}\n');
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (cause instanceof EngineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be written: ${reason}. Nothing was saved; choose another folder, or make room.`;
    throw new EngineError('FILE_UNWRITABLE', message, { path }, { cause });
  }
}

function between(n: number): string {
  return n > 0 ? '\n---\n\n' : '';
}
