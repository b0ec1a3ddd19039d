import type { CompressionChoice, TextRange } from '../../../engine/types.js';
import { askedWith, withSystemPrompt } from '../assistants/ask-settings.js';
import { type Bridge, toErrorShape } from '../bridge.js';
import { addRange, type Pins, removeRange } from '../pins/pins.js';
import { isBusy, isComparing } from './comparison.js';
import { failRunning } from './frames.js';
import type { AppState } from './state.js';
import type { AppStore } from './store.js';
import { contentOf, requestMessages } from './turns.js';

const COMPOSING_MS = 1000;

/** What the memory is to hold, and what is shown of it. */
export function createMemoryActions(store: AppStore, bridge: Bridge) {
  const update = (change: (state: AppState) => Partial<AppState>) => store.setState(change);
  const inspectMemory = () => void bridge.inspectMemory().catch(() => undefined);

  function showSurvival(survival: AppState['survival']): void {
    update(() => ({ survival }));
  }

  let composedAt = Number.NEGATIVE_INFINITY;

  return {
    /** The user writes: told once a second. */
    composing(): void {
      const now = performance.now();
      if (now - composedAt < COMPOSING_MS) return;
      composedAt = now;
      void bridge.composing().catch(() => undefined);
    },
    /** Of the chat at hand from the next message on, and of the app. */
    setCompression(compression: CompressionChoice): void {
      update(() => ({ compression, appCompression: compression }));
      void bridge.setCompression(compression).catch(() => undefined);
    },
    /** Shows what the model holds of the chat's text, or the chat again. */
    toggleSurvival: () => showSurvival(store.getState().survival ? null : { layer: null }),
    /** Shows what one layer holds; the same again: how many heads of all layers do. */
    showLayer(layer: number): void {
      showSurvival({ layer: store.getState().survival?.layer === layer ? null : layer });
    },
    inspectMemory,
    takeUpMemory: (chatId: string) => void bridge.takeUpMemory(chatId).catch(() => undefined),
    /** Failures come as frames; a process that is gone is told of anyway. */
    measurePresets: () => void bridge.measurePresets().catch(() => undefined),
    stopMeasuring: () => void bridge.stopMeasuring().catch(() => undefined),
    setLayersAsTable: (layersAsTable: boolean) => update(() => ({ layersAsTable })),
    /** Of the current chat. */
    closeLimitNotice: () =>
      update(({ limitNoticeClosed, currentChatId }) => ({
        limitNoticeClosed: { ...limitNoticeClosed, [currentChatId]: true },
      })),
  };
}

/** The chat at hand, where its memory could be taken up: nothing is written, and it is of another. */
export function chatToTakeUp(state: AppState): string | null {
  const { model, running, kvChatId, currentChatId } = state;
  if (model.state !== 'ready' || running || isComparing(state)) return null;
  return kvChatId === currentChatId ? null : currentChatId;
}

/** For a choice or pins that are to hold at once. */
export function createRereading(store: AppStore, bridge: Bridge, newId: () => string) {
  return {
    /** Reads the current chat again under the choice and the pins as they are now. */
    async reread(): Promise<void> {
      const state = store.getState();
      const { currentChatId: chatId } = state;
      const { systemPrompt, compression } = askedWith(state, chatId);
      const messages = withSystemPrompt(systemPrompt, requestMessages(state, chatId, ''));
      if (isBusy(state) || messages.length === 0) return;
      const requestId = newId();
      const reread = { phase: 'reading', processed: 0, total: 0 } as const;
      store.setState({ running: { answerId: requestId, chatId }, reread, stopRequested: false, crash: null });
      try {
        await bridge.reread({ requestId, chatId, messages, ...(compression && { compression }) });
      } catch (thrown) {
        const error = toErrorShape(thrown);
        store.setState(
          (current) => (current.running?.answerId === requestId ? failRunning(current, error) : current),
          true,
        );
      }
    },
    closeReread: () => store.setState(({ reread }) => ({ reread: reread?.phase === 'failed' ? null : reread })),
  };
}

/** Pins hold from the next message on, or when the conversation is read again. */
export function createPinActions(store: AppStore) {
  const setPins = (id: string, pins: Pins | null) =>
    store.setState((state) => {
      const { [id]: _before, ...others } = state.pins;
      return { pins: pins ? { ...others, [id]: pins } : others };
    });
  const contentLength = ({ messages }: AppState, id: string): number => {
    const message = messages[id];
    return message.role === 'user' ? contentOf(message).length : message.text.length;
  };
  return {
    pin: (id: string) => setPins(id, true),
    unpin: (id: string) => setPins(id, null),
    pinRange(id: string, range: TextRange): void {
      const state = store.getState();
      setPins(id, addRange(state.pins[id] ?? null, range, contentLength(state, id)));
    },
    unpinRange(id: string, range: TextRange): void {
      setPins(id, removeRange(store.getState().pins[id] ?? null, range));
    },
  };
}
