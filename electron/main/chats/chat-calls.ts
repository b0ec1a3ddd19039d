import type { EngineErrorShape } from '../../../engine/errors.js';
import type { Language } from '../../../locales/languages.js';
import type { ChatChanges, ExportOrder, Imported, OpenedChat, Rescue, SearchHit } from '../../ipc/chat-contract.js';
import type { ChatSummary } from '../../ipc/chat-shapes.js';

/** What is asked of the thread with the chats. */
export interface ChatCalls {
  list: (input: null) => { chats: ChatSummary[]; rescue: Rescue | null };
  read: (input: { chatId: string }) => OpenedChat;
  keep: (input: ChatChanges) => void;
  search: (input: { query: string }) => SearchHit[];
  exportTo: (input: { path: string } & Pick<ExportOrder, 'chatIds' | 'format'>) => Promise<void>;
  importFrom: (input: { path: string }) => Promise<Imported>;
  close: (input: null) => void;
}

export type ChatCallName = keyof ChatCalls;
export type ChatCallInput<N extends ChatCallName> = Parameters<ChatCalls[N]>[0];
export type ChatCallOutput<N extends ChatCallName> = Awaited<ReturnType<ChatCalls[N]>>;

export interface ChatQuestion<N extends ChatCallName = ChatCallName> {
  id: number;
  name: N;
  input: ChatCallInput<N>;
  /** Of the app, for what the thread words itself. */
  language: Language;
}

export type ChatReply = { id: number } & ({ ok: true; value: unknown } | { ok: false; error: EngineErrorShape });
