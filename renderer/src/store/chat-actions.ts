import type { SearchHit } from '../../../electron/ipc/chat-contract.js';
import { compressionOf } from '../assistants/ask-settings.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { pathTo } from './chat-tree.js';
import { focusInput } from './focus-input.js';
import type { Keeper } from './keeper.js';
import { fromSummary, withOpenedChat, withoutIdleChats } from './kept-shapes.js';
import { LEFT_BEHIND } from './left-behind.js';
import type { AppState } from './state.js';
import type { AppStore } from './store.js';
import { openNewChat, showPath } from './turns.js';

type ChatBridge = Pick<Bridge, 'listChats' | 'readChat' | 'searchChats'>;

/** The chats there are: which one is shown, and what they are called. */
export function createChatActions(store: AppStore, bridge: ChatBridge, keeper: Keeper, newId: () => string) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);
  /** The chat that was asked for last: one that is read later than another was asked for is not shown. */
  let wanted: string | null = null;

  /** What cannot be read is told; nothing is lost by it that would have to be kept. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      update((state) => ({ ...state, fileError: toErrorShape(thrown) }));
    }
  }

  async function load(chatId: string): Promise<void> {
    if (store.getState().trees[chatId]) return;
    const opened = await bridge.readChat(chatId);
    await keeper.adopt([chatId], (state) => (state.trees[chatId] ? state : withOpenedChat(state, chatId, opened)));
  }

  /** @param messageId to be looked at, on whichever branch it is */
  function openChat(chatId: string, messageId: string | null = null): Promise<void> {
    wanted = chatId;
    return attempt(async () => {
      await load(chatId);
      if (wanted !== chatId) return;
      update((state) => (state.chats[chatId] ? shown(state, chatId, messageId) : state));
      focusInput();
      await keeper.release(withoutIdleChats);
    });
  }

  return {
    openChat,
    /** In the small window without what was begun to be written in the whole one. */
    newChat(): void {
      wanted = null;
      update((state) => ({ ...openNewChat(state, newId(), state.isQuick), ...LEFT_BEHIND }));
      focusInput();
    },
    /** Reads the list of what was kept. The chat at hand stays, unless nothing was written in it yet. */
    loadChats: () =>
      attempt(async () => {
        const { chats, rescue } = await bridge.listChats();
        const ids = chats.map(({ id }) => id);
        await keeper.adopt(ids, (state) => ({
          ...state,
          rescue,
          chats: { ...Object.fromEntries(chats.map((chat) => [chat.id, fromSummary(chat)])), ...state.chats },
        }));
        const begun = chats.find(({ leafId }) => leafId === null);
        const { currentChatId, chats: all, drafts } = store.getState();
        const isUntouched = all[currentChatId].leafId === null && !drafts[currentChatId];
        if (begun && isUntouched) await openChat(begun.id);
      }),
    /** What cannot be searched finds nothing; the notice says why. */
    async searchChats(query: string): Promise<readonly SearchHit[]> {
      let hits: readonly SearchHit[] = [];
      await attempt(async () => {
        hits = await bridge.searchChats(query);
      });
      return hits;
    },
    closeRescue: () => update((state) => ({ ...state, rescue: null })),
    retryKeeping: () => void keeper.flush(),
    found: (): void => update((state) => ({ ...state, soughtId: null })),
  };
}

function shown(state: AppState, chatId: string, messageId: string | null): AppState {
  const chat = state.chats[chatId];
  const compression = compressionOf(state, chat);
  const opened = {
    ...state,
    currentChatId: chatId,
    hint: null,
    soughtId: messageId,
    survival: state.kvChatId === chatId && messageId === null ? state.survival : null,
    compression,
    ...LEFT_BEHIND,
  };
  const tree = state.trees[chatId] ?? {};
  const isElsewhere = messageId !== null && messageId in tree && !chat.messageIds.includes(messageId);
  return isElsewhere ? showPath(opened, chatId, pathTo(tree, messageId)) : opened;
}
