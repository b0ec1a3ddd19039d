import type { WebContents } from 'electron';
import { t } from '../../../locales/words.js';
import type { chatCalls, ExportOrder } from '../../ipc/chat-contract.js';
import { chooseOpenPath, chooseSavePath } from '../file-dialogs.js';
import type { Handlers } from '../validated-ipc.js';
import type { ChatThread } from './chat-thread.js';

const FILTERS: Readonly<Record<ExportOrder['format'], Electron.FileFilter>> = {
  json: { name: 'Pyramid Chat', extensions: ['json'] },
  markdown: { name: 'Markdown', extensions: ['md'] },
};

/** Of a title, what a file may be called everywhere. */
function safeName(title: string): string {
  return (
    title
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
      .replace(/^[.\s]+|[.\s]+$/g, '')
      .slice(0, 100) || 'Chats'
  );
}

/** What each call about kept chats does. */
export function chatHandlers(chats: ChatThread): Pick<Handlers<WebContents>, keyof typeof chatCalls> {
  return {
    listChats: () => chats.call('list', null),
    readChat: (input) => chats.call('read', input),
    keepChats: (changes) => chats.call('keep', changes),
    searchChats: (input) => chats.call('search', input),
    exportChats: async ({ chatIds, format, name }, page) => {
      const path = await chooseSavePath(page, {
        title: t('main.dialogs.exportChats'),
        defaultPath: `${safeName(name)}.${FILTERS[format].extensions[0]}`,
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
