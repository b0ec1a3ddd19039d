import type { WebContents } from 'electron';
import type { chatCalls } from '../../ipc/chat-contract.js';
import type { Handlers } from '../validated-ipc.js';
import type { ChatThread } from './chat-thread.js';

/** What each call about kept chats does. */
export function chatHandlers(chats: ChatThread): Pick<Handlers<WebContents>, keyof typeof chatCalls> {
  return {
    listChats: () => chats.call('list', null),
    readChat: (input) => chats.call('read', input),
    keepChats: (changes) => chats.call('keep', changes),
    searchChats: (input) => chats.call('search', input),
  };
}
