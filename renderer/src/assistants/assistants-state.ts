import type { Assistant } from '../../../electron/ipc/assistant-contract.js';
import type { AskSettings } from '../../../electron/ipc/chat-settings.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { isSameChoice } from '../memory/compression-words.js';
import type { AppState, Chat } from '../store/state.js';
import { compressionOf } from './ask-settings.js';

export interface Assistants {
  /** They came with the app. */
  builtIn: readonly Assistant[];
  own: readonly Assistant[];
  /** What was tried last with them failed. */
  error: EngineErrorShape | null;
}

export const NO_ASSISTANTS: Assistants = { builtIn: [], own: [], error: null };

export function findAssistant({ builtIn, own }: Assistants, id: string | undefined): Assistant | undefined {
  return [...own, ...builtIn].find((one) => one.id === id);
}

/** The built-in one that sets nothing. */
export const PLAIN = 'plain';

/** A chat with what an assistant sets; what it does not set is as the app has it. */
export function withAssistant(state: AppState, chatId: string, assistant: Assistant): AppState {
  const chat = state.chats[chatId];
  if (!chat) return state;
  const { compression = null, model = null } = assistant;
  const changed: Chat = {
    ...chat,
    settings: { ...askSettingsOf(assistant), assistantId: assistant.id },
    compression,
    // What answered in a chat is still told of it.
    model: model ?? (chat.leafId === null ? null : chat.model),
  };
  const isCurrent = chatId === state.currentChatId;
  return {
    ...state,
    chats: { ...state.chats, [chatId]: changed },
    compression: isCurrent ? compressionOf(state, changed) : state.compression,
  };
}

/** Gives the chat at hand back what it set for itself and is under, if it is still there. */
export function undoOf({ chats, currentChatId: id, compression: atHand }: AppState): (state: AppState) => AppState {
  const { settings, compression, model } = chats[id];
  return (state) => {
    const chat = state.chats[id];
    if (!chat) return state;
    const isCurrent = id === state.currentChatId;
    return {
      ...state,
      chats: { ...state.chats, [id]: { ...chat, settings, compression, model } },
      compression: isCurrent ? atHand : state.compression,
    };
  };
}

/** What another assistant would set otherwise, and the chat at hand does not have from its own one: it would be lost. */
export function losesByHand(state: AppState, next: Assistant): boolean {
  const { settings } = state.chats[state.currentChatId];
  const own = findAssistant(state.assistants, settings.assistantId ?? PLAIN);
  const losesSettings = hasOtherSettings(settings, own ?? {}) && hasOtherSettings(settings, next);
  return losesSettings || (isUnderOther(state, own) && isUnderOther(state, next));
}

/** The chat at hand is not, or no longer, as the assistant sets it; how it compresses is no matter where that sets nothing. */
export function isChanged(state: AppState, assistant: Assistant): boolean {
  const { settings } = state.chats[state.currentChatId];
  return (
    hasOtherSettings(settings, assistant) || (assistant.compression !== undefined && isUnderOther(state, assistant))
  );
}

/** What is chosen for a chat holds before anything was written under it, whatever the chat had before. */
function isUnderOther({ compression: now, appCompression }: AppState, assistant: Assistant | undefined): boolean {
  const then = assistant?.compression ?? appCompression;
  return now !== null && then !== null && !isSameChoice(now, then);
}

function hasOtherSettings(settings: AskSettings, others: AskSettings): boolean {
  return written(settings) !== written(others);
}

function written(settings: AskSettings): string {
  const { systemPrompt, sampling = {}, maxTokens } = settings;
  return JSON.stringify([systemPrompt, Object.entries(sampling).toSorted(), maxTokens]);
}

function askSettingsOf({ systemPrompt, sampling, maxTokens }: AskSettings): AskSettings {
  return {
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(sampling && { sampling }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

/** A name that no other assistant has: "Translator 2" after "Translator". */
export function freeName(name: string, taken: readonly { name: string }[]): string {
  const names = new Set(taken.map((one) => one.name));
  if (!names.has(name)) return name;
  const bare = name.replace(/ \d{1,4}$/, '').slice(0, 90);
  for (let number = 2; ; number++) if (!names.has(`${bare} ${number}`)) return `${bare} ${number}`;
}
