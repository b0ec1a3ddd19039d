import { askedWith, withSystemPrompt } from '../assistants/ask-settings.js';
import { loadedChatModel } from '../assistants/chat-model.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { currentModelName } from '../model/model-label.js';
import { isReading, withoutRefusals } from './attaching.js';
import { versionsOf } from './chat-tree.js';
import { isBusy, isComparing } from './comparison.js';
import { editing } from './edits.js';
import { focusInput } from './focus-input.js';
import { changeAnswer, failRunning } from './frames.js';
import type { Keeper } from './keeper.js';
import { type AppState, type AskedWith, READING_BEGINS, type Waiting } from './state.js';
import type { AppStore } from './store.js';
import {
  answerAgain,
  appendTurn,
  draftOf,
  isEmptyDraft,
  requestMessages,
  takeBackLastTurn,
  withChatTouched,
} from './turns.js';

/** Asks the engine, one answer after the other. */
function createAsking(store: AppStore, bridge: Pick<Bridge, 'generate'>, keeper: Pick<Keeper, 'flush'>) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);

  async function ask({ chatId, answerId }: Waiting): Promise<void> {
    const asked = askedWith(store.getState(), chatId);
    update((state) => begun(state, { chatId, answerId }, asked));
    // A message is on the disk before the engine sees it. Where that fails, the window says so, and it is answered still.
    await keeper.flush();
    if (store.getState().running?.answerId !== answerId) return;
    if (store.getState().stopRequested) {
      update((state) => stoppedBeforeAsked(state, answerId));
      return;
    }
    const { systemPrompt, ...request } = asked;
    const messages = withSystemPrompt(systemPrompt, requestMessages(store.getState(), chatId, answerId));
    try {
      await bridge.generate({ requestId: answerId, chatId, messages, ...request });
    } catch (thrown) {
      const error = toErrorShape(thrown);
      update((state) => (state.running?.answerId === answerId ? failRunning(state, error) : state));
    }
  }

  /** Asks for what waits first, if the engine is free. */
  function sendQueued(): void {
    const state = store.getState();
    const [next] = state.queued;
    if (next && state.model.state === 'ready' && !state.running && !isComparing(state)) void ask(next);
  }

  return {
    sendQueued,
    /** Asks now, or as soon as what is before it is answered. */
    askOrQueue(chatId: string, answerId: string): void {
      update((state) => ({
        ...withChatTouched(state, chatId, Date.now()),
        queued: [...state.queued, { answerId, chatId }],
        crash: null,
        toast: null,
      }));
      sendQueued();
    },
  };
}

/** Sending, stopping and answering again. */
export function createAnswering(
  store: AppStore,
  bridge: Pick<Bridge, 'generate' | 'stop'>,
  keeper: Pick<Keeper, 'flush'>,
  newId: () => string,
) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);
  const asking = createAsking(store, bridge, keeper);

  /** A message of the current chat is answered again; what was written stays, as another version. */
  function answerAgainTo(id: string | undefined): void {
    const { currentChatId } = store.getState();
    if (isBusy(store.getState()) || id === undefined) return;
    const answerId = newId();
    update((state) => answerAgain({ ...state, crash: null }, currentChatId, id, answerId));
    if (store.getState().messages[answerId]) asking.askOrQueue(currentChatId, answerId);
    focusInput();
  }

  return {
    ...asking,
    answerAgainTo,
    /** The last message of the current chat. */
    regenerate(): void {
      const { currentChatId, chats } = store.getState();
      answerAgainTo(chats[currentChatId].messageIds.at(-1));
    },
    /** Sends the current draft; while something is answered, it waits for its turn. */
    send(): void {
      const state = store.getState();
      const chatId = state.currentChatId;
      const hint = whyNotYet(state, chatId);
      if (hint) store.setState({ hint });
      if (hint || isEmptyDraft(draftOf(state, chatId))) return;
      const answerId = newId();
      const forecast = state.outlook && 'forecast' in state.outlook ? state.outlook.forecast : undefined;
      update((current) =>
        changeAnswer(
          { ...appendTurn(withoutRefusals(current, chatId), newId(), answerId), outlook: null },
          answerId,
          (answer) => ({ ...answer, forecast }),
        ),
      );
      asking.askOrQueue(chatId, answerId);
    },
    stop(): void {
      const { running, stopRequested } = store.getState();
      if (!running || stopRequested) return;
      update((state) => ({ ...state, stopRequested: true }));
      bridge.stop(running.answerId).catch(() => update((state) => ({ ...state, stopRequested: false })));
    },
    /**
     * The last message is changed: as a draft again, or in its place, if it was answered or there are other versions. One
     * that is still to be answered is taken back.
     */
    editLast(): void {
      const { running, currentChatId, chats, messages, queued, trees } = store.getState();
      const last = chats[currentChatId].messageIds.slice(-2);
      const [questionId, answerId] = last;
      if (running && running.answerId === answerId) return;
      const isWaiting = queued.some((one) => one.answerId === answerId);
      const hasVersions = last.some((id) => versionsOf(trees[currentChatId] ?? {}, id).length > 1);
      if (messages[answerId]?.text || (hasVersions && !isWaiting)) {
        update((state) => editing(state, { messageId: questionId, text: null }));
        return;
      }
      update((state) => takeBackLastTurn(state, currentChatId));
      focusInput();
    },
  };
}

/** Why a message is kept in the box for now. */
function whyNotYet(state: AppState, chatId: string): AppState['hint'] {
  if (isReading(state, chatId)) return 'stillReading';
  return isComparing(state) && !isEmptyDraft(draftOf(state, chatId)) ? 'stillAnswering' : null;
}

function begun(state: AppState, waiting: Waiting, asked: AskedWith): AppState {
  const model = currentModelName(state.model);
  const answering = changeAnswer(state, waiting.answerId, (answer) => ({
    ...answer,
    state: READING_BEGINS,
    asked,
    ...(model !== null && { model }),
  }));
  const chat = answering.chats[waiting.chatId];
  const chatModel = loadedChatModel(state.model) ?? chat?.model ?? null;
  return {
    ...answering,
    chats: chat ? { ...answering.chats, [chat.id]: { ...chat, model: chatModel } } : answering.chats,
    running: waiting,
    reread: null,
    queued: state.queued.filter(({ answerId }) => answerId !== waiting.answerId),
    stopRequested: false,
    crash: null,
  };
}

function stoppedBeforeAsked(state: AppState, answerId: string): AppState {
  const idle = { ...state, running: null, stopRequested: false, hint: null };
  return changeAnswer(idle, answerId, (answer) => ({ ...answer, state: { phase: 'stopped', figures: null } }));
}
