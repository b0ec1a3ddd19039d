import { formatCount } from '../format.js';
import { t } from '../words.js';
import { branchesFrom, newestLeaf, pathTo, versionsOf } from './chat-tree.js';
import { isBusy } from './comparison.js';
import { currentEdit, editing } from './edits.js';
import { changeAnswer } from './frames.js';
import type { AppState, Draft } from './state.js';
import type { AppStore } from './store.js';
import { appendVersion, isEmptyDraft, removeBranch, showPath } from './turns.js';

/** What can be done with a message of the current chat. */
export function createMessageActions(
  store: AppStore,
  askOrQueue: (chatId: string, answerId: string) => void,
  newId: () => string,
) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);

  return {
    beginEdit: (messageId: string) => update((state) => editing(state, { messageId, text: null })),
    changeEdit: (text: string) =>
      update((state) => {
        const edit = currentEdit(state);
        return edit ? editing(state, { ...edit, text }) : state;
      }),
    cancelEdit: () => update((state) => editing(state, null)),
    /** Asks the same in other words; what was asked and answered before stays, as another version. */
    sendEdit(id: string, draft: Draft): void {
      if (isEmptyDraft(draft)) return;
      const { currentChatId } = store.getState();
      const answerId = newId();
      const question = { id: newId(), role: 'user' as const, ...draft };
      update((state) => appendVersion(editing(state, null), currentChatId, id, question, answerId));
      if (store.getState().messages[answerId]) askOrQueue(currentChatId, answerId);
    },
    /** Shows the version so many on, with the newest of what follows it. */
    stepVersion(id: string, by: 1 | -1): void {
      update((state) => {
        const { trees, currentChatId } = state;
        const tree = trees[currentChatId] ?? {};
        const versions = versionsOf(tree, id);
        const next = versions[versions.indexOf(id) + by];
        return next === undefined ? state : showPath(state, currentChatId, pathTo(tree, newestLeaf(tree, next)));
      });
    },
    /** Deletes a message with all that follows it, of all branches; another version takes its place, if there is one. */
    deleteMessage(id: string): void {
      const before = store.getState();
      const { currentChatId: chatId } = before;
      const tree = before.trees[chatId] ?? {};
      if (!before.messages[id]) return;
      const ids = branchesFrom(tree, id);
      if (before.running && ids.includes(before.running.answerId)) return;
      update((state) => ({ ...removeBranch(state, chatId, id), toast: undoOf(before, chatId, ids) }));
    },
    /** Has an answer written on from where it stopped. */
    continueAnswer(id: string): void {
      const state = store.getState();
      const answer = state.messages[id];
      const { currentChatId } = state;
      if (isBusy(state) || answer?.role !== 'assistant' || answer.text === '') return;
      if (state.chats[currentChatId].messageIds.at(-1) !== id) return;
      update((current) =>
        changeAnswer(current, id, (begun) => ({
          ...begun,
          continuedFrom: begun.text.length,
          state: { phase: 'queued' },
        })),
      );
      askOrQueue(currentChatId, id);
    },
  };
}

/** Puts deleted messages back where they were. */
function undoOf(before: AppState, chatId: string, ids: readonly string[]): AppState['toast'] {
  const picked = <T>(of: Readonly<Record<string, T>>) =>
    Object.fromEntries(ids.flatMap((id) => (of[id] === undefined ? [] : [[id, of[id]]])));
  const { messageIds, title } = before.chats[chatId];
  return {
    words: () => t('chat.list.messagesDeleted', { count: ids.length, written: formatCount(ids.length) }),
    undo: (state) => {
      if (!state.trees[chatId]) return state;
      // In the order in which they were made: versions keep their numbers.
      const tree = { ...before.trees[chatId], ...state.trees[chatId] };
      const whole = {
        ...state,
        trees: { ...state.trees, [chatId]: tree },
        messages: { ...state.messages, ...picked(before.messages) },
        pins: { ...state.pins, ...picked(before.pins) },
        queued: [...state.queued, ...before.queued.filter(({ answerId }) => ids.includes(answerId))],
      };
      const shown = showPath(whole, chatId, messageIds);
      const chat = shown.chats[chatId];
      return { ...shown, chats: { ...shown.chats, [chatId]: { ...chat, title: chat.title || title } } };
    },
    chatId,
  };
}
