import { parentPort, workerData } from 'node:worker_threads';
import { EngineError } from '../../../engine/errors.js';
import { setLanguage } from '../../../locales/words.js';
import type { ChatCalls, ChatQuestion, ChatReply } from './chat-calls.js';
import { ChatStorage } from './chat-storage.js';
import { exportChats } from './export-chats.js';
import { importChats } from './import-chats.js';

/** The thread's beginning: searching and importing take longer than main may be kept. */
const storage = new ChatStorage((workerData as { folder: string }).folder);

const calls: ChatCalls = {
  list: () => storage.list(),
  read: ({ chatId }) => storage.read(chatId),
  keep: (changes) => storage.keep(changes),
  search: ({ query }) => storage.search(query),
  exportTo: (order) => exportChats(storage, order),
  importFrom: ({ path }) => importChats(storage, path),
  close: () => storage.close(),
};

async function answer({ id, name, input, language }: ChatQuestion): Promise<ChatReply> {
  setLanguage(language);
  try {
    return { id, ok: true, value: await (calls[name] as (input: unknown) => unknown)(input) };
  } catch (thrown) {
    return { id, ok: false, error: EngineError.from(thrown).toShape() };
  }
}

parentPort?.on('message', (question: ChatQuestion) => {
  void answer(question).then((reply) => parentPort?.postMessage(reply));
});
