import { createHash } from 'node:crypto';
import { t } from '../../../locales/words.js';
import type { DatedMessage } from '../../ipc/chat-shapes.js';
import type { FileChat } from './chat-file.js';

/** A message of another app's chat. What is not said by the user or the model only leads from one to the next. */
export interface ForeignMessage {
  id: string;
  parentId: string | null;
  role: 'user' | 'assistant' | null;
  text: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  model?: string;
}

export interface ForeignChat {
  /** Of which app, and by what name there. */
  source: string;
  id: string;
  title: string;
  createdAt: number;
  updatedAt: number;
  isPinned: boolean;
  isArchived: boolean;
  leafId: string | null;
  messages: readonly ForeignMessage[];
}

/** The same chat gets the same id, so that a file may be imported again. */
function idOf(...names: readonly string[]): string {
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);
}

const LONGEST_TITLE = 200;

/** As a chat of this app; null: nothing in it is to be read. */
export function fromForeign(chat: ForeignChat): FileChat | null {
  const id = idOf(chat.source, chat.id);
  const byId = new Map(chat.messages.map((message) => [message.id, message]));
  const spoken = (message: ForeignMessage | undefined) => message?.role != null && message.text.trim() !== '';
  /** The nearest before it, itself too, that says something. */
  const nearest = (start: string | null): string | null => {
    const seen = new Set<string>();
    let at = start;
    while (at !== null && !seen.has(at)) {
      seen.add(at);
      if (spoken(byId.get(at))) return at;
      at = byId.get(at)?.parentId ?? null;
    }
    return null;
  };
  const messages = [...byId.values()]
    .filter(spoken)
    .map((message) => toMessage(message, id, nearest(message.parentId)));
  if (messages.length === 0) return null;
  const leaf = nearest(chat.leafId);
  return {
    id,
    title: chat.title.replace(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE) || t('main.chats.imported'),
    createdAt: dateOf(chat.createdAt),
    updatedAt: dateOf(chat.updatedAt),
    isPinned: chat.isPinned,
    isArchived: chat.isArchived,
    leafId: leaf === null ? messages[messages.length - 1].id : idOf(id, leaf),
    compression: null,
    messages,
  };
}

function toMessage(message: ForeignMessage, chatId: string, parentId: string | null): DatedMessage {
  const { role, text, model } = message;
  const common = {
    id: idOf(chatId, message.id),
    parentId: parentId === null ? null : idOf(chatId, parentId),
    createdAt: dateOf(message.createdAt),
    text,
  };
  if (role === 'user') return { ...common, role, pasted: [] };
  return {
    ...common,
    role: 'assistant',
    state: { phase: 'imported' },
    ...(model !== undefined && { model: model.slice(0, 200) }),
  };
}

function dateOf(ms: number): number {
  return Number.isFinite(ms) ? Math.min(8.64e15, Math.max(0, Math.round(ms))) : 0;
}
