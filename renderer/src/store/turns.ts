import type { ChatMessage } from '../../../engine/types.js';
import { pieceOf } from '../attachments/piece.js';
import {
  type Answer,
  type AppState,
  type Chat,
  type Draft,
  EMPTY_DRAFT,
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

/** Opens an empty chat; one that is still empty is used again. */
export function openNewChat(state: AppState, newId: string): AppState {
  const empty = state.chatOrder.find((id) => state.chats[id].messageIds.length === 0);
  if (empty !== undefined) return { ...state, currentChatId: empty, hint: null };
  const chat: Chat = { id: newId, title: '', messageIds: [] };
  return {
    ...state,
    chats: { ...state.chats, [newId]: chat },
    chatOrder: [newId, ...state.chatOrder],
    currentChatId: newId,
    hint: null,
  };
}

/** Adds the current chat's draft as a message, with an answer that waits, and empties the draft. */
export function appendTurn(state: AppState, userId: string, answerId: string): AppState {
  const chatId = state.currentChatId;
  const draft = draftOf(state, chatId);
  const user: UserMessage = { id: userId, role: 'user', ...draft };
  return addAnswer(
    {
      ...withDraft(state, chatId, EMPTY_DRAFT),
      messages: { ...state.messages, [userId]: user },
      chats: replaceMessages(state, chatId, [...state.chats[chatId].messageIds, userId], titleOf(draft)),
    },
    chatId,
    answerId,
  );
}

/** Puts a new waiting answer in the place of the chat's last one. */
export function replaceLastAnswer(state: AppState, chatId: string, answerId: string): AppState {
  const ids = state.chats[chatId].messageIds;
  const last = state.messages[ids[ids.length - 1]];
  if (last?.role !== 'assistant') return state;
  const { [last.id]: _replaced, ...messages } = state.messages;
  const { [last.id]: _unpinned, ...pins } = state.pins;
  return addAnswer(
    { ...state, messages, pins, chats: replaceMessages(state, chatId, ids.slice(0, -1)) },
    chatId,
    answerId,
  );
}

/** Takes the chat's last turn back: its text becomes the draft again, before what is there already. */
export function takeBackLastTurn(state: AppState, chatId: string): AppState {
  const ids = state.chats[chatId].messageIds;
  const answer = state.messages[ids[ids.length - 1]];
  const user = state.messages[ids[ids.length - 2]];
  if (answer?.role !== 'assistant' || user?.role !== 'user') return state;
  const draft = draftOf(state, chatId);
  const text = [user.text, draft.text].filter((part) => part.trim() !== '').join('\n\n');
  const { [answer.id]: _answer, [user.id]: _user, ...messages } = state.messages;
  const { [answer.id]: _pinnedAnswer, [user.id]: _pinnedUser, ...pins } = state.pins;
  return withDraft(
    {
      ...state,
      messages,
      pins,
      chats: replaceMessages(state, chatId, ids.slice(0, -2)),
      queued: state.queued?.answerId === answer.id ? null : state.queued,
    },
    chatId,
    { text, pasted: [...user.pasted, ...draft.pasted] },
  );
}

function addAnswer(state: AppState, chatId: string, answerId: string): AppState {
  const answer: Answer = {
    id: answerId,
    role: 'assistant',
    text: '',
    hasHole: false,
    state: { phase: 'queued' },
  };
  return {
    ...state,
    messages: { ...state.messages, [answerId]: answer },
    chats: replaceMessages(state, chatId, [...state.chats[chatId].messageIds, answerId]),
    chatOrder: [chatId, ...state.chatOrder.filter((id) => id !== chatId)],
  };
}

function replaceMessages(state: AppState, chatId: string, messageIds: string[], title?: string): AppState['chats'] {
  const chat = state.chats[chatId];
  return {
    ...state.chats,
    [chatId]: { ...chat, messageIds, title: messageIds.length > 0 ? chat.title || title || '' : '' },
  };
}

/**
 * What the model reads to answer `answerId`: the turns before it, oldest first; all of them if it is none of the
 * chat's. A turn that got no answer is left out, so that roles alternate as chat templates demand.
 */
export function requestMessages(state: AppState, chatId: string, answerId: string): ChatMessage[] {
  const request: ChatMessage[] = [];
  const asSent = (id: string, role: ChatMessage['role'], content: string): ChatMessage => {
    const pinned = state.pins[id];
    return { role, content, ...(pinned && { pinned }) };
  };
  const ids = state.chats[chatId].messageIds;
  const end = ids.indexOf(answerId);
  const messages = (end < 0 ? ids : ids.slice(0, end + 1)).map((id) => state.messages[id]);
  messages.forEach((message: Message, index) => {
    if (message.role !== 'user') return;
    const answer = messages[index + 1];
    if (answer?.role !== 'assistant') return;
    const question = asSent(message.id, 'user', contentOf(message));
    if (answer.id === answerId) request.push(question);
    else if (answer.text !== '') request.push(question, asSent(answer.id, 'assistant', answer.text));
  });
  return request;
}
