import type { WebContents } from 'electron';
import { t } from '../../../locales/words.js';
import type { chatCalls, ExportOrder } from '../../ipc/chat-contract.js';
import { chooseOpenPath, chooseSavePath } from '../file-dialogs.js';
import { safeName } from '../file-name.js';
import type { Handlers } from '../validated-ipc.js';
import type { ChatThread } from './chat-thread.js';

const FILTERS: Readonly<Record<ExportOrder['format'], Electron.FileFilter>> = {
  json: { name: 'Pyramid Chat', extensions: ['json'] },
  markdown: { name: 'Markdown', extensions: ['md'] },
};

/** What the model remembers of chats goes with them. */
interface ChatMemoriesKept {
  /** There are no others. */
  known: (chatIds: readonly string[]) => void;
  forget: (chatIds: readonly string[]) => void;
}

/** What each call about kept chats does. */
export function chatHandlers(
  chats: ChatThread,
  memories: ChatMemoriesKept,
): Pick<Handlers<WebContents>, keyof typeof chatCalls> {
  return {
    listChats: async () => {
      const opened = await chats.call('list', null);
      memories.known(opened.chats.map(({ id }) => id));
      return opened;
    },
    readChat: (input) => chats.call('read', input),
    keepChats: async (changes) => {
      await chats.call('keep', changes);
      if (changes.deletedChats.length > 0) memories.forget(changes.deletedChats);
    },
    searchChats: (input) => chats.call('search', input),
    exportChats: async ({ chatIds, format, name }, page) => {
      const path = await chooseSavePath(page, {
        title: t('main.dialogs.exportChats'),
        defaultPath: `${safeName(name, 'Chats')}.${FILTERS[format].extensions[0]}`,
        filters: [FILTERS[format]],
      });
      if (path !== null) await chats.call('exportTo', { path, chatIds, format });
      return path;
    },
    importChats: async (_input, page) => {
      const path = await chooseOpenPath(page, {
        title: t('main.dialogs.importChats'),
        properties: ['openFile'],
        filters: [{ name: t('main.dialogs.chatFiles'), extensions: ['json'] }],
      });
      return path === null ? null : await chats.call('importFrom', { path });
    },
  };
}
