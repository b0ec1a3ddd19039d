import { MAX_SYSTEM_PROMPT } from '../../../electron/ipc/chat-limits.js';
import type { ChatSettings } from '../../../electron/ipc/chat-settings.js';
import type { CompressionChoice } from '../../../engine/types.js';
import { type AppState, type Chat, SHORT_ANSWER_TOKENS } from '../store/state.js';
import type { AppStore } from '../store/store.js';
import { t } from '../words.js';
import type { SamplingName } from './ask-settings.js';
import { loadedChatModel } from './chat-model.js';

/**
 * What the chat at hand, or the one that is named, sets for itself; undefined leaves it to the app again. Holds from the
 * next message on.
 */
export function createChatSettingsActions(store: AppStore) {
  function changeChat(make: (chat: Chat, state: AppState) => Partial<Chat>, chatId?: string): void {
    store.setState((state) => {
      const { chats, currentChatId } = state;
      const id = chatId ?? currentChatId;
      const chat = chats[id];
      return chat ? { chats: { ...chats, [id]: { ...chat, ...make(chat, state) } } } : state;
    });
  }
  const setSettings = (make: (settings: ChatSettings) => ChatSettings, chatId?: string) =>
    changeChat(({ settings }) => ({ settings: withoutUnset(make(settings)) }), chatId);
  const setSystemPrompt = (text: string) =>
    setSettings((settings) => ({ ...settings, systemPrompt: text.slice(0, MAX_SYSTEM_PROMPT) || undefined }));
  const setMaxTokens = (maxTokens: number | undefined, chatId?: string) =>
    setSettings((settings) => ({ ...settings, maxTokens, maxTokensBefore: undefined }), chatId);

  return {
    setSystemPrompt,
    /** It can be brought back for a while. */
    removeSystemPrompt(): void {
      const { chats, currentChatId: chatId } = store.getState();
      const { systemPrompt } = chats[chatId].settings;
      setSystemPrompt('');
      // Nothing but the prompt: what else was set meanwhile stays.
      const undo = (state: AppState): AppState => {
        const chat = state.chats[chatId];
        if (!chat) return state;
        const settings = { ...chat.settings, systemPrompt };
        return { ...state, chats: { ...state.chats, [chatId]: { ...chat, settings } } };
      };
      store.setState({ toast: { words: () => t('assistants.system.removed'), undo } });
    },
    setChatSampling: (name: SamplingName, value: number | undefined, chatId?: string) =>
      setSettings((settings) => {
        const sampling = withoutUnset({ ...settings.sampling, [name]: value });
        return { ...settings, sampling: Object.keys(sampling).length > 0 ? sampling : undefined };
      }, chatId),
    setMaxTokens,
    /** For a chat whose context is nearly full; its own limit comes back behind them. */
    setShortAnswers: (areShort: boolean) => setSettings((settings) => withShortAnswers(settings, areShort)),
    /** Of this chat alone; null: as the app's. */
    setChatCompression(choice: CompressionChoice | null): void {
      changeChat(() => ({ compression: choice }));
      store.setState(({ compression, appCompression }) => ({ compression: choice ?? appCompression ?? compression }));
    },
    /** The chat goes on with the model that is loaded. */
    goOnWithLoaded: () => changeChat(({ model }, state) => ({ model: loadedChatModel(state.model) ?? model })),
  };
}

function withShortAnswers({ maxTokensBefore, ...settings }: ChatSettings, areShort: boolean): ChatSettings {
  const { maxTokens } = settings;
  if (areShort === (maxTokensBefore !== undefined)) return { ...settings, maxTokensBefore };
  if (!areShort) return { ...settings, maxTokens: maxTokensBefore ?? undefined };
  const short = Math.min(maxTokens ?? SHORT_ANSWER_TOKENS, SHORT_ANSWER_TOKENS);
  return { ...settings, maxTokens: short, maxTokensBefore: maxTokens ?? null };
}

function withoutUnset<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}
