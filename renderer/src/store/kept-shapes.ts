import type { OpenedChat } from '../../../electron/ipc/chat-contract.js';
import type { ChatSummary, KeptAnswer, KeptMessage } from '../../../electron/ipc/chat-shapes.js';
import type { Pins } from '../pins/pins.js';
import { pathTo, treeOf } from './chat-tree.js';
import { type Answer, type AnswerState, type AppState, type Chat, isUnderWay, type Message } from './state.js';

export function toSummary({ messageIds: _shown, ...chat }: Chat): ChatSummary {
  return chat;
}

export function fromSummary(summary: ChatSummary): Chat {
  return { ...summary, messageIds: [] };
}

/** A message as it is kept. An answer that is under way may be cut short at any time. */
export function toKept(message: Message, parentId: string | null, pins: Pins | undefined): KeptMessage {
  const common = { id: message.id, parentId, text: message.text, ...(pins && { pins }) };
  if (message.role === 'user') return { ...common, role: 'user', pasted: message.pasted };
  const { state, hasHole, forecast, asked, model, continuedFrom } = message;
  return {
    ...common,
    role: 'assistant',
    state: keptState(state),
    ...(hasHole && { hasHole }),
    ...(forecast && { forecast }),
    ...(asked && { asked }),
    ...(model !== undefined && { model }),
    ...(continuedFrom !== undefined && { continuedFrom }),
  };
}

function keptState(state: AnswerState): KeptAnswer['state'] {
  return isUnderWay(state) || state.phase === 'cut' ? { phase: 'unfinished' } : state;
}

function fromKept(kept: KeptMessage): Message {
  if (kept.role === 'user') return { id: kept.id, role: 'user', text: kept.text, pasted: kept.pasted };
  const { id, text, state, hasHole = false, forecast, asked, model, continuedFrom } = kept;
  const shown: Answer['state'] = state.phase === 'unfinished' ? { phase: 'cut' } : state;
  return {
    id,
    role: 'assistant',
    text,
    hasHole,
    state: shown,
    ...(forecast && { forecast }),
    ...(asked && { asked }),
    ...(model !== undefined && { model }),
    ...(continuedFrom !== undefined && { continuedFrom }),
  };
}

/** The state with a chat's messages, as they were read. */
export function withOpenedChat(state: AppState, chatId: string, { messages, draft }: OpenedChat): AppState {
  const chat = state.chats[chatId];
  if (!chat) return state;
  const tree = treeOf(messages);
  const leafId = chat.leafId !== null && chat.leafId in tree ? chat.leafId : (messages.at(-1)?.id ?? null);
  const pins = messages.flatMap(({ id, pins: pinned }) => (pinned ? [[id, pinned] as const] : []));
  return {
    ...state,
    chats: { ...state.chats, [chatId]: { ...chat, leafId, messageIds: leafId === null ? [] : pathTo(tree, leafId) } },
    trees: { ...state.trees, [chatId]: tree },
    messages: { ...state.messages, ...Object.fromEntries(messages.map((kept) => [kept.id, fromKept(kept)])) },
    pins: { ...state.pins, ...Object.fromEntries(pins) },
    drafts: { ...state.drafts, [chatId]: draft },
  };
}

/** The state without the messages of chats that nothing is shown or written of. Those can be read again. */
export function withoutIdleChats(state: AppState): AppState {
  const { currentChatId, running, queued, attaching, comparison, kvChatId, recorder, toast, trees, chats } = state;
  const used = [currentChatId, running?.chatId, comparison?.chatId, kvChatId, recorder?.chatId, toast?.chatId];
  // A file that is being read comes into the draft as it is then.
  const awaited = [...queued, ...attaching.filter(({ error }) => !error)];
  const needed = new Set([...used, ...awaited.map(({ chatId }) => chatId)]);
  const idle = Object.keys(trees).filter((id) => !needed.has(id) && chats[id]?.leafId !== null);
  if (idle.length === 0) return state;
  const goes = new Set(idle.flatMap((id) => Object.keys(trees[id])));
  const others = <T>(of: Readonly<Record<string, T>>, gone: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(of).filter(([id]) => !gone.has(id)));
  return {
    ...state,
    trees: others(trees, new Set(idle)),
    messages: others(state.messages, goes),
    pins: others(state.pins, goes),
    drafts: others(state.drafts, new Set(idle)),
    chats: {
      ...state.chats,
      ...Object.fromEntries(idle.flatMap((id) => (chats[id] ? [[id, { ...chats[id], messageIds: [] }]] : []))),
    },
  };
}
