import type { ChatMessage } from '../../../engine/types.js';
import { compressionOf } from '../assistants/ask-settings.js';
import { pieceOf } from '../attachments/piece.js';
import { branchesFrom, newestLeaf, pathTo, versionsOf, without as withoutMessages } from './chat-tree.js';
import {
  type Answer,
  type AppState,
  type Chat,
  type Draft,
  EMPTY_DRAFT,
  emptyChat,
  type Message,
  type UserMessage,
} from './state.js';

const TITLE_LENGTH = 60;

/** The first line of a text, short enough for a title. */
export function titleOf({ text, pasted }: Draft): string {
  const line = (text.trim() || nameOf(pasted[0])).slice(0, 400).split('\n', 1)[0].replace(/\s+/g, ' ').trim();
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_LENGTH - 20)).trimEnd()}…`;
}

/** Of what there is but no typed text. */
function nameOf(piece: string | undefined): string {
  return piece?.trim() ? pieceOf(piece).name : '';
}

/** A user message as the model reads it: the typed text, then what was pasted, and files with their names around them. */
export function contentOf({ text, pasted }: Draft): string {
  return [text.trim(), ...pasted].filter((part) => part !== '').join('\n\n');
}

export function isEmptyDraft(draft: Draft): boolean {
  return draft.text.trim() === '' && draft.pasted.every((part) => part.trim() === '');
}

export function draftOf(state: AppState, chatId: string): Draft {
  return state.drafts[chatId] ?? EMPTY_DRAFT;
}

export function withDraft(state: AppState, chatId: string, draft: Draft): AppState {
  return { ...state, drafts: { ...state.drafts, [chatId]: draft } };
}

/** Nobody has written in it, or set anything for it. */
export function isUntouched(state: AppState, { id, leafId, settings, compression, model }: Chat): boolean {
  const isSet = Object.keys(settings).length > 0 || compression !== null || model !== null;
  return leafId === null && !isSet && isEmptyDraft(draftOf(state, id));
}

/** Opens an empty chat; one that is still empty is used again. @param isFresh only one that is as a new one */
export function openNewChat(state: AppState, newId: string, isFresh = false): AppState {
  const empty = Object.values(state.chats).find((chat) => {
    const isEmpty = chat.leafId === null && state.trees[chat.id] !== undefined;
    return isEmpty && (!isFresh || isUntouched(state, chat));
  });
  const compression = compressionOf(state, empty);
  if (empty) return { ...state, currentChatId: empty.id, compression, hint: null, survival: null };
  return {
    ...state,
    chats: { ...state.chats, [newId]: emptyChat(newId) },
    trees: { ...state.trees, [newId]: {} },
    currentChatId: newId,
    compression,
    hint: null,
    survival: null,
  };
}

/** Adds the current chat's draft as a message, with an answer that waits, and empties the draft. */
export function appendTurn(state: AppState, userId: string, answerId: string): AppState {
  const chatId = state.currentChatId;
  const draft = draftOf(state, chatId);
  const asked = addQuestion(withDraft(state, chatId, EMPTY_DRAFT), chatId, { id: userId, role: 'user', ...draft });
  return addAnswer(asked, chatId, answerId);
}

/** The same asked in other words: a version of the message, with an answer of its own. */
export function appendVersion(
  state: AppState,
  chatId: string,
  of: string,
  question: UserMessage,
  answerId: string,
): AppState {
  const before = pathBefore(state.chats[chatId].messageIds, of);
  return before ? addAnswer(addQuestion(showPath(state, chatId, before), chatId, question), chatId, answerId) : state;
}

/**
 * Puts a new waiting answer in the place of one of the chat's, or after a question that has none, as a version of it.
 * One without a word, which nothing follows, is let go of.
 */
export function answerAgain(state: AppState, chatId: string, id: string, answerId: string): AppState {
  const message = state.messages[id];
  const before = pathBefore(state.chats[chatId].messageIds, id);
  if (!message || !before) return state;
  if (message.role === 'user') return addAnswer(showPath(state, chatId, [...before, id]), chatId, answerId);
  const isWorthless = message.text === '' && branchesFrom(state.trees[chatId] ?? {}, id).length === 1;
  const kept = isWorthless ? removeMessages(state, chatId, [id]) : state;
  return addAnswer(showPath(kept, chatId, before), chatId, answerId);
}

/**
 * Takes the chat's last turn back: its text becomes the draft again, before what is there already. Where the message was
 * answered before, only the new answer goes.
 */
export function takeBackLastTurn(state: AppState, chatId: string): AppState {
  const ids = state.chats[chatId].messageIds;
  const answer = state.messages[ids[ids.length - 1]];
  const user = state.messages[ids[ids.length - 2]];
  if (answer?.role !== 'assistant' || user?.role !== 'user') return state;
  if (versionsOf(state.trees[chatId] ?? {}, answer.id).length > 1) return removeBranch(state, chatId, answer.id);
  const draft = draftOf(state, chatId);
  const text = [user.text, draft.text].filter((part) => part.trim() !== '').join('\n\n');
  return withDraft(removeBranch(state, chatId, user.id), chatId, {
    text,
    pasted: [...user.pasted, ...draft.pasted],
  });
}

/** The chat counts as written in now. */
export function withChatTouched(state: AppState, chatId: string, updatedAt: number): AppState {
  const { compression } = state;
  return { ...state, chats: { ...state.chats, [chatId]: { ...state.chats[chatId], updatedAt, compression } } };
}

function pathBefore(ids: readonly string[], id: string): string[] | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : ids.slice(0, at);
}

function addQuestion(state: AppState, chatId: string, question: UserMessage): AppState {
  const chat = state.chats[chatId];
  const titled = { ...state.chats, [chatId]: { ...chat, title: chat.title || titleOf(question) } };
  return addMessage({ ...state, chats: titled }, chatId, question);
}

function addAnswer(state: AppState, chatId: string, answerId: string): AppState {
  const answer: Answer = { id: answerId, role: 'assistant', text: '', hasHole: false, state: { phase: 'queued' } };
  return addMessage(state, chatId, answer);
}

function addMessage(state: AppState, chatId: string, message: Message): AppState {
  const { messageIds } = state.chats[chatId];
  const tree = { ...state.trees[chatId], [message.id]: messageIds.at(-1) ?? null };
  return showPath(
    { ...state, messages: { ...state.messages, [message.id]: message }, trees: { ...state.trees, [chatId]: tree } },
    chatId,
    [...messageIds, message.id],
  );
}

/** Shows this branch of the chat. One that has lost all its messages is as a new one. */
export function showPath(state: AppState, chatId: string, messageIds: readonly string[]): AppState {
  const chat = state.chats[chatId];
  const isEmpty = messageIds.length === 0 && Object.keys(state.trees[chatId] ?? {}).length === 0;
  const shown = { ...chat, messageIds, leafId: messageIds.at(-1) ?? null, title: isEmpty ? '' : chat.title };
  return { ...state, chats: { ...state.chats, [chatId]: shown } };
}

/** Takes a message that is shown out with all that follows it; another version takes its place, if there is one. */
export function removeBranch(state: AppState, chatId: string, id: string): AppState {
  const tree = state.trees[chatId] ?? {};
  const versions = versionsOf(tree, id);
  const at = versions.indexOf(id);
  const other = versions[at - 1] ?? versions[at + 1];
  const left = removeMessages(state, chatId, branchesFrom(tree, id));
  return other === undefined ? left : showPath(left, chatId, pathTo(tree, newestLeaf(tree, other)));
}

/** Takes messages out of a chat, with all that follow them; those before them are shown. */
function removeMessages(state: AppState, chatId: string, ids: readonly string[]): AppState {
  const gone = new Set(ids);
  const kept = state.chats[chatId].messageIds.filter((id) => !gone.has(id));
  const others = <T>(of: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(of).filter(([id]) => !gone.has(id)));
  const without = {
    ...state,
    trees: { ...state.trees, [chatId]: withoutMessages(state.trees[chatId] ?? {}, ids) },
    messages: others(state.messages),
    pins: others(state.pins),
    queued: state.queued.filter(({ answerId }) => !gone.has(answerId)),
  };
  return showPath(without, chatId, kept);
}

/**
 * What the model reads to answer `answerId`: the turns before it, oldest first, and what it is to write on; all of them
 * if it is none of the chat's. A turn that got no answer is left out, so that roles alternate as chat templates demand.
 */
export function requestMessages(state: AppState, chatId: string, answerId: string): ChatMessage[] {
  const request: ChatMessage[] = [];
  const asSent = (id: string, role: ChatMessage['role'], content: string): ChatMessage => {
    const pinned = state.pins[id];
    return { role, content, ...(pinned && { pinned }) };
  };
  const tree = state.trees[chatId] ?? {};
  // Whatever branch is shown meanwhile.
  const ids = answerId in tree ? pathTo(tree, answerId) : (state.chats[chatId]?.messageIds ?? []);
  const end = ids.indexOf(answerId);
  const messages = (end < 0 ? ids : ids.slice(0, end + 1)).map((id) => state.messages[id]);
  messages.forEach((message: Message, index) => {
    if (message.role !== 'user') return;
    const answer = messages[index + 1];
    if (answer?.role !== 'assistant') return;
    const question = asSent(message.id, 'user', contentOf(message));
    if (answer.id === answerId) {
      request.push(question);
      if (answer.continuedFrom) {
        request.push({ role: 'assistant', content: answer.text.slice(0, answer.continuedFrom) });
      }
    } else if (answer.text !== '') request.push(question, asSent(answer.id, 'assistant', answer.text));
  });
  return request;
}
