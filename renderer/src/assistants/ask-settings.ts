import type { ChatSettings } from '../../../electron/ipc/chat-settings.js';
import type { ChatMessage, CompressionChoice } from '../../../engine/types.js';
import { pieceKey } from '../attachments/piece.js';
import type { Answer, AppState, AskedWith, Chat } from '../store/state.js';

export type SamplingName = keyof NonNullable<ChatSettings['sampling']>;

const NOTHING: ChatSettings = {};

export function settingsOf({ chats }: Pick<AppState, 'chats'>, chatId: string): ChatSettings {
  return chats[chatId]?.settings ?? NOTHING;
}

/** Short answers were asked for in the chat at hand. */
export function hasShortAnswers(state: AppState): boolean {
  return settingsOf(state, state.currentChatId).maxTokensBefore !== undefined;
}

/** Under what a chat is read next: its own compression, else the app's. */
export function compressionOf(state: AppState, chat: Chat | undefined): CompressionChoice | null {
  return chat?.compression ?? state.appCompression ?? state.compression;
}

/** With what an answer in a chat is asked for: what the chat sets, else what the app does. */
export function askedWith(state: AppState, chatId: string): AskedWith {
  const { temperature, seed, currentChatId, chats } = state;
  const { systemPrompt = '', sampling, maxTokens } = settingsOf(state, chatId);
  // What is chosen in the chat at hand holds before anything was written under it.
  const compression = chatId === currentChatId ? state.compression : compressionOf(state, chats[chatId]);
  return {
    ...(systemPrompt.trim() !== '' && { systemPrompt }),
    sampling: { temperature, ...(seed !== null && { seed }), ...sampling },
    ...(compression && { compression }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

/** What the model reads: the system prompt before everything; nothing where nothing was said. */
export function withSystemPrompt(systemPrompt: string | undefined, messages: readonly ChatMessage[]): ChatMessage[] {
  if (!systemPrompt?.trim() || messages.length === 0) return [...messages];
  return [{ role: 'system', content: systemPrompt }, ...messages];
}

/** The newest answer of the chat at hand that fits; from the end, as it is asked for with every frame. */
function newestAnswer({ chats, currentChatId, messages }: AppState, fits: (answer: Answer) => boolean): Answer | null {
  const ids = chats[currentChatId].messageIds;
  for (let at = ids.length - 1; at >= 0; at--) {
    const message = messages[ids[at]];
    if (message?.role === 'assistant' && fits(message)) return message;
  }
  return null;
}

/** The system prompt with which the chat at hand was read last; '': none. */
export function readSystemPrompt(state: AppState): string {
  return newestAnswer(state, wasRead)?.asked?.systemPrompt ?? '';
}

/** What waits was not read yet, and what was refused never. */
function wasRead({ state, text }: Answer): boolean {
  return state.phase !== 'queued' && (state.phase !== 'failed' || text !== '');
}

/**
 * Tokens to be read again as the system prompt is another than before, with the new one; null: it is the same; 0: they
 * are not known.
 */
export function rereadTokens(state: AppState): number | null {
  const now = settingsOf(state, state.currentChatId).systemPrompt ?? '';
  const before = readSystemPrompt(state);
  if (!newestAnswer(state, wasRead) || now.trim() === before.trim()) return null;
  const seen = seenTokens(state);
  const [added, gone] = [now, before].map((text) => (text.trim() === '' ? 0 : state.tokenCounts[pieceKey(text)]));
  return seen === null || added === undefined || gone === undefined ? 0 : Math.max(0, seen - gone) + added;
}

/** Of the chat at hand, as it was read last; null: they are not known. */
function seenTokens(state: AppState): number | null {
  const { currentChatId, kv, kvChatId } = state;
  if (kv && kvChatId === currentChatId && kv.tokensSeen > 0) return kv.tokensSeen;
  const end = newestAnswer(state, (answer) => wasRead(answer) && figuresOf(answer) !== null);
  const figures = end && figuresOf(end);
  return figures ? figures.promptTokens + figures.completionTokens : null;
}

function figuresOf({ state }: Answer) {
  return 'figures' in state ? state.figures : null;
}
