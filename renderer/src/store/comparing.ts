import type { CallInput } from '../../../electron/ipc/contract.js';
import type { CompressionChoice, SideName } from '../../../engine/types.js';
import { withSystemPrompt } from '../assistants/ask-settings.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import {
  type Comparison,
  failComparison,
  isBusy,
  isComparing,
  keepSide,
  plannedComparison,
  showsComparison,
} from './comparison.js';
import type { Answer, AnswerFigures, AppState, Message } from './state.js';
import type { AppStore } from './store.js';
import { requestMessages } from './turns.js';

/** An answer beside the one that the full cache would have given. */
export function createComparing(
  store: AppStore,
  bridge: Pick<Bridge, 'compare' | 'forecastComparison' | 'stop'>,
  newId: () => string,
) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);

  /** Asks what the planned comparison will take. What it compares with follows what is chosen meanwhile. */
  function forecastComparison(): void {
    update((state) => {
      const { comparison } = state;
      const answer = comparison && comparableAnswer(state.messages[comparison.answerId]);
      if (!answer || comparison.state.phase !== 'planned') return state;
      const compression = comparedCompression(answer, state.compression);
      return { ...state, comparison: { ...comparison, compression, state: { phase: 'planned', outlook: null } } };
    });
    const state = store.getState();
    const call = state.comparison && callOf(state, state.comparison);
    if (call && state.model.state === 'ready') void bridge.forecastComparison(call).catch(() => undefined);
  }

  function openComparison(answerId: string): void {
    const state = store.getState();
    const answer = comparableAnswer(state.messages[answerId]);
    if (!answer || isBusy(state)) return;
    const compression = comparedCompression(answer, state.compression);
    const comparison = plannedComparison(newId(), { chatId: state.currentChatId, answerId, compression });
    update((current) => ({ ...current, survival: null, comparison }));
  }

  function stopComparison(): void {
    const { comparison } = store.getState();
    if (comparison?.state.phase !== 'running' || comparison.state.stopRequested) return;
    update((state) => withStopRequest(state, true));
    bridge.stop(comparison.id).catch(() => update((state) => withStopRequest(state, false)));
  }

  function closeComparison(): void {
    const answerId = store.getState().comparison?.answerId;
    stopComparison();
    update((state) => ({ ...state, comparison: null }));
    // Where one came from, once the chat is there again.
    if (answerId) setTimeout(() => document.getElementById(compareButtonId(answerId))?.focus());
  }

  return {
    openComparison,
    forecastComparison,
    closeComparison,
    /** The last answer's, or the one that is open. */
    toggleComparison(): void {
      const state = store.getState();
      const last = lastComparable(state);
      if (showsComparison(state)) closeComparison();
      else if (state.comparison?.chatId === state.currentChatId) update((current) => ({ ...current, survival: null }));
      else if (last) openComparison(last.id);
    },
    /** Runs what was planned, or the same again. */
    async startComparison(): Promise<void> {
      const state = store.getState();
      if (!state.comparison || isBusy(state) || state.model.state !== 'ready') return;
      const comparison: Comparison = {
        ...plannedComparison(newId(), state.comparison),
        state: { phase: 'running', checking: null, stopRequested: false },
      };
      const call = callOf(state, comparison);
      if (!call) return;
      update((current) => ({ ...current, comparison, crash: null }));
      try {
        await bridge.compare(call);
      } catch (thrown) {
        const error = toErrorShape(thrown);
        update((current) => (current.comparison?.id === comparison.id ? failComparison(current, error) : current));
      }
    },
    /** Stops a comparison that runs, else closes the one that is open. → whether there was one */
    leaveComparison(): boolean {
      const state = store.getState();
      if (isComparing(state)) stopComparison();
      else if (showsComparison(state)) closeComparison();
      else return false;
      return true;
    },
    /** Puts a side's text in the place of the answer, and leads back to it. */
    keepSide(side: SideName): void {
      update((state) => keepSide(state, side));
      closeComparison();
    },
  };
}

/** The comparison that an example was to end in, once its answer is there and in sight. */
export function openNextComparison(store: AppStore, openComparison: (answerId: string) => void): void {
  const { comparesNext, running, queued, chats, currentChatId } = store.getState();
  if (comparesNext === null || running || queued.length > 0) return;
  store.setState({ comparesNext: null });
  if (chats[currentChatId].messageIds.includes(comparesNext)) openComparison(comparesNext);
}

export function compareButtonId(answerId: string): string {
  return `compare-${answerId}`;
}

function withStopRequest(state: AppState, stopRequested: boolean): AppState {
  const { comparison } = state;
  if (comparison?.state.phase !== 'running') return state;
  return { ...state, comparison: { ...comparison, state: { ...comparison.state, stopRequested } } };
}

/** An answer that has ended with at least a token; null: there is nothing to compare. */
export function comparableAnswer(message: Message | undefined): Answer | null {
  // What was written on cannot be written again in one go.
  if (message?.role !== 'assistant' || message.continuedFrom !== undefined) return null;
  return (figuresOf(message)?.completionTokens ?? 0) > 0 ? message : null;
}

export function canBeginComparison(state: AppState): boolean {
  return !isBusy(state) && lastComparable(state) !== null;
}

/** The newest answer of the current chat that can be compared. */
function lastComparable({ chats, currentChatId, messages }: AppState): Answer | null {
  const newestFirst = chats[currentChatId].messageIds.toReversed();
  const id = newestFirst.find((each) => comparableAnswer(messages[each]));
  return id === undefined ? null : comparableAnswer(messages[id]);
}

/** As the answer was asked for, or, where nothing was dropped of it, as the next will be; null: that is the same. */
function comparedCompression({ asked }: Answer, chosen: CompressionChoice | null): CompressionChoice | null {
  const isFull = (choice: CompressionChoice) => 'preset' in choice && choice.preset === 'off';
  return [asked?.compression, chosen].find((choice) => choice && !isFull(choice)) ?? null;
}

function figuresOf({ state }: Answer): AnswerFigures | null {
  return 'figures' in state ? state.figures : null;
}

/** As the answer was asked for, by its seed; one that was stopped is compared up to there. */
function callOf(state: AppState, { id, chatId, answerId, compression }: Comparison): CallInput<'compare'> | null {
  const answer = comparableAnswer(state.messages[answerId]);
  const figures = answer && figuresOf(answer);
  if (!figures || !compression) return null;
  const { completionTokens: replyTokens, seed } = figures;
  const maxTokens = answer.state.phase === 'stopped' ? replyTokens : answer.asked?.maxTokens;
  return {
    requestId: id,
    messages: withSystemPrompt(answer.asked?.systemPrompt, requestMessages(state, chatId, answerId)),
    sampling: { ...answer.asked?.sampling, seed },
    ...(maxTokens !== undefined && { maxTokens }),
    compression,
    replyTokens,
  };
}
