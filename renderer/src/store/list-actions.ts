import { formatCount } from '../format.js';
import { t } from '../words.js';
import { focusInput } from './focus-input.js';
import { LEFT_BEHIND } from './left-behind.js';
import { type AppState, type Chat, emptyChat, isUnderWay, type Message } from './state.js';
import type { AppStore } from './store.js';
import { openNewChat } from './turns.js';

/** What is under way, of what is deleted and brought back. */
interface UnderWay {
  stop: () => void;
  sendQueued: () => void;
  closeComparison: () => void;
}

/** What the list of chats lets one do with one or many of them. */
export function createListActions(store: AppStore, newId: () => string, underWay: UnderWay) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);

  function change(ids: readonly string[], what: Partial<Pick<Chat, 'title' | 'isPinned' | 'isArchived'>>): void {
    update((state) => {
      const changed = ids.flatMap((id) => (state.chats[id] ? [[id, { ...state.chats[id], ...what }] as const] : []));
      return { ...state, chats: { ...state.chats, ...Object.fromEntries(changed) } };
    });
  }

  return {
    renameChat: (id: string, title: string) =>
      change([id], { title: title.trim().slice(0, 200) || t('chat.list.untitled') }),
    pinChats: (ids: readonly string[], isPinned: boolean) => change(ids, { isPinned }),
    archiveChats(ids: readonly string[], isArchived: boolean): void {
      change(ids, { isArchived });
    },
    /** They can be brought back for a while; what is being written in one of them is stopped. */
    deleteChats(ids: readonly string[]): void {
      const { running, comparison } = store.getState();
      if (running && ids.includes(running.chatId)) underWay.stop();
      if (comparison && ids.includes(comparison.chatId)) underWay.closeComparison();
      update((state) => withoutChats(state, ids, newId()));
    },
    undoDelete(): void {
      update((state) => ({ ...(state.toast?.undo?.(state) ?? state), toast: null }));
      underWay.sendQueued();
    },
    closeToast: () => update((state) => ({ ...state, toast: null })),
    /** A chat of its own with what was said up to a message. */
    forkChat(messageId: string): void {
      update((state) => forked(state, messageId, newId));
      focusInput();
    },
  };
}

/** Without these chats; they can be brought back. */
function withoutChats(state: AppState, ids: readonly string[], newChatId: string): AppState {
  const gone = ids.flatMap((id) => state.chats[id] ?? []);
  if (gone.length === 0) return state;
  const away = new Set(gone.map(({ id }) => id));
  const others = <T>(of: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(of).filter(([id]) => !away.has(id)));
  const [trees, messages, pins, drafts] = [state.trees, state.messages, state.pins, state.drafts];
  const goneMessages = new Set([...away].flatMap((id) => Object.keys(trees[id] ?? {})));
  const left = {
    ...state,
    chats: others(state.chats),
    trees: others(trees),
    drafts: others(drafts),
    queued: state.queued.filter(({ chatId }) => !away.has(chatId)),
    toast: {
      words: () => t('chat.list.deleted', { count: gone.length, written: formatCount(gone.length) }),
      undo: (later: AppState) => ({
        ...later,
        chats: { ...later.chats, ...Object.fromEntries(gone.map((chat) => [chat.id, chat])) },
        trees: { ...later.trees, ...pick(trees, away) },
        drafts: { ...later.drafts, ...pick(drafts, away) },
        messages: { ...messages, ...later.messages },
        // Of these chats only: what was unpinned in another one meanwhile stays so.
        pins: { ...pick(pins, goneMessages), ...later.pins },
        queued: [...later.queued, ...state.queued.filter(({ chatId }) => away.has(chatId))],
      }),
    },
  };
  return away.has(state.currentChatId) ? { ...openNewChat(left, newChatId), ...LEFT_BEHIND } : left;
}

function pick<T>(of: Readonly<Record<string, T>>, ids: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter(([id]) => ids.has(id)));
}

function forked(state: AppState, messageId: string, newId: () => string): AppState {
  const chat = state.chats[state.currentChatId];
  const path = chat.messageIds.slice(0, chat.messageIds.indexOf(messageId) + 1);
  if (path.length === 0) return state;
  const chatId = newId();
  const ids = path.map(() => newId());
  const entries = <T>(make: (id: string, at: number) => T) =>
    Object.fromEntries(path.map((id, at) => [ids[at], make(id, at)]));
  const pins = Object.fromEntries(path.flatMap((id, at) => (state.pins[id] ? [[ids[at], state.pins[id]]] : [])));
  return {
    ...state,
    chats: {
      ...state.chats,
      [chatId]: {
        ...emptyChat(chatId),
        title: chat.title,
        compression: chat.compression,
        settings: chat.settings,
        model: chat.model,
        updatedAt: Date.now(),
        messageIds: ids,
        leafId: ids.at(-1) ?? null,
      },
    },
    trees: { ...state.trees, [chatId]: entries((_, at) => ids[at - 1] ?? null) },
    messages: { ...state.messages, ...entries((id, at) => copied(state.messages[id], ids[at])) },
    pins: { ...state.pins, ...pins },
    currentChatId: chatId,
    ...LEFT_BEHIND,
  };
}

/** An answer that is under way goes on in its own chat only. */
function copied(message: Message, id: string): Message {
  if (message.role === 'user' || !isUnderWay(message.state)) return { ...message, id };
  return { ...message, id, state: { phase: 'stopped', figures: null } };
}
