import type { MenuCommand } from '../../../electron/ipc/contract.js';
import type { Precision } from '../../../engine/types.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { createComparing } from './comparing.js';
import { isBusy } from './comparison.js';
import { changeAnswer, failRunning } from './frames.js';
import { createMemoryActions, createPinActions, createRereading } from './memory-actions.js';
import { savePreferences } from './preferences.js';
import {
  type AppState,
  type AskedWith,
  type Draft,
  type PanelTab,
  READING_BEGINS,
  SHORT_ANSWER_TOKENS,
  type ThemeChoice,
} from './state.js';
import type { AppStore } from './store.js';
import { createTimelineActions, LIVE } from './timeline-actions.js';
import {
  appendTurn,
  contentOf,
  draftOf,
  isEmptyDraft,
  openNewChat,
  replaceLastAnswer,
  requestMessages,
  takeBackLastTurn,
  withDraft,
} from './turns.js';
import { createUpdateActions } from './update-actions.js';

/** What the window can do. Every action may be called at any time; one that does not apply changes nothing. */
export type Actions = ReturnType<typeof createActions>;

export function createActions(store: AppStore, bridge: Bridge, newId: () => string) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);
  const answering = createAnswering(store, bridge, newId);
  const comparing = createComparing(store, bridge, newId);

  const actions = {
    ...answering,
    ...comparing,
    ...createModelActions(store, bridge),
    ...createMemoryActions(store, bridge),
    ...createRereading(store, bridge, newId),
    ...createPinActions(store),
    ...createForecasting(store, bridge),
    ...createTimelineActions(store, bridge),
    ...createUpdateActions(store, bridge),
    newChat(): void {
      update((state) => ({ ...openNewChat(state, newId()), ...LIVE }));
      focusInput();
    },
    openChat(chatId: string): void {
      update((state) => ({ ...state, currentChatId: chatId, hint: null, ...LIVE }));
      focusInput();
    },
    changeDraft(draft: Draft): void {
      update((state) => ({ ...withDraft(state, state.currentChatId, draft), hint: null }));
    },
    /** Puts a text into the current chat's empty draft; what the user wrote is never replaced. */
    sendExample(text: string): void {
      update((state) =>
        isEmptyDraft(draftOf(state, state.currentChatId))
          ? withDraft(state, state.currentChatId, { text, pasted: [] })
          : state,
      );
      answering.send();
    },
    /** What runs, the answer or the comparison; closes a comparison that has ended. */
    stop(): void {
      if (!comparing.leaveComparison()) answering.stop();
    },
    closeCrash: () => update((state) => ({ ...state, crash: null })),
    openLog: () => void bridge.openLog().catch(() => undefined),
    openExternal: (url: string) => void bridge.openExternal(url).catch(() => undefined),
    setNarrow: (isNarrow: boolean) => update((state) => ({ ...state, isNarrow, overlay: null })),
    toggleSidebar: () => update((state) => showSide(state, 'sidebar', !isShown(state, 'sidebar'))),
    togglePanel: () => update((state) => showSide(state, 'panel', !isShown(state, 'panel'))),
    show: (side: Side) => update((state) => showSide(state, side, true)),
    hide: (side: Side) => update((state) => showSide(state, side, false)),
    showPanelTab: (panelTab: PanelTab) => update((state) => ({ ...showSide(state, 'panel', true), panelTab })),
    setTheme(theme: ThemeChoice): void {
      update((state) => ({ ...state, theme }));
      savePreferences(store.getState());
      void bridge.setTheme(theme).catch(() => undefined);
    },
    setSampling(sampling: Partial<Pick<AppState, 'temperature' | 'seed'>>): void {
      update((state) => ({ ...state, ...sampling }));
      savePreferences(store.getState());
    },
    focusInput,
  };

  return {
    ...actions,
    runMenuCommand(command: MenuCommand): void {
      const commands: Record<MenuCommand, () => void> = {
        newChat: actions.newChat,
        openModel: () => void actions.chooseModel('file'),
        openTrace: () => void actions.openTrace(),
        toggleSidebar: actions.toggleSidebar,
        toggleMemory: actions.togglePanel,
        stop: actions.stop,
        focusInput: actions.focusInput,
      };
      commands[command]();
    },
  };
}

/** Loading and releasing; a call that fails before the engine could report leaves its error for the window. */
function createModelActions(store: AppStore, bridge: Bridge) {
  async function attempt(call: () => Promise<void>): Promise<void> {
    store.setState({ modelCallError: null });
    try {
      await call();
    } catch (thrown) {
      store.setState({ modelCallError: toErrorShape(thrown) });
    }
  }
  return {
    loadModel: (path: string | null) => attempt(() => bridge.loadModel(path)),
    ejectModel: () => attempt(() => bridge.ejectModel()),
    setPrecision: (precision: Precision) =>
      attempt(async () => {
        await bridge.setPrecision(precision);
        store.setState(({ appInfo }) => ({ appInfo: appInfo && { ...appInfo, precision } }));
      }),
    chooseModel: (kind: 'file' | 'folder') =>
      attempt(async () => {
        const path = await bridge.chooseModelFile(kind);
        if (path !== null) await bridge.loadModel(path);
      }),
  };
}

/** Sending, stopping and answering again. */
function createAnswering(store: AppStore, bridge: Bridge, newId: () => string) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);

  async function ask(chatId: string, answerId: string): Promise<void> {
    const { temperature, seed, compression, shortAnswers } = store.getState();
    const asked: AskedWith = {
      sampling: { temperature, ...(seed !== null && { seed }) },
      ...(compression && { compression }),
      ...(shortAnswers[chatId] && { maxTokens: SHORT_ANSWER_TOKENS }),
    };
    update((state) => ({
      ...changeAnswer(state, answerId, (answer) => ({
        ...answer,
        state: READING_BEGINS,
        asked,
      })),
      running: { answerId, chatId },
      queued: null,
      stopRequested: false,
      crash: null,
    }));
    const messages = requestMessages(store.getState(), chatId, answerId);
    try {
      await bridge.generate({ requestId: answerId, messages, ...asked });
    } catch (thrown) {
      const error = toErrorShape(thrown);
      update((state) => (state.running?.answerId === answerId ? failRunning(state, error) : state));
    }
  }

  function askOrQueue(chatId: string, answerId: string): void {
    if (store.getState().model.state === 'ready') void ask(chatId, answerId);
    else update((state) => ({ ...state, queued: { answerId, chatId } }));
  }

  return {
    /** Sends the current draft; while an answer runs or waits, the draft stays and the composer says so. */
    send(): void {
      const state = store.getState();
      const chatId = state.currentChatId;
      if (isEmptyDraft(draftOf(state, chatId))) return;
      if (isBusy(state)) {
        update((current) => ({ ...current, hint: 'stillAnswering' }));
        return;
      }
      const answerId = newId();
      const forecast = state.outlook && 'forecast' in state.outlook ? state.outlook.forecast : undefined;
      update((current) =>
        changeAnswer({ ...appendTurn(current, newId(), answerId), outlook: null }, answerId, (answer) => ({
          ...answer,
          forecast,
        })),
      );
      askOrQueue(chatId, answerId);
    },
    /** Sends what waited for a model. */
    sendQueued(): void {
      const { queued, running } = store.getState();
      if (queued && !running) void ask(queued.chatId, queued.answerId);
    },
    stop(): void {
      const { running, stopRequested } = store.getState();
      if (!running || stopRequested) return;
      update((state) => ({ ...state, stopRequested: true }));
      bridge.stop(running.answerId).catch(() => update((state) => ({ ...state, stopRequested: false })));
    },
    /** Answers the last message of the current chat again. */
    regenerate(): void {
      const { currentChatId } = store.getState();
      if (isBusy(store.getState())) return;
      const answerId = newId();
      update((state) => replaceLastAnswer({ ...state, crash: null }, currentChatId, answerId));
      if (store.getState().messages[answerId]) askOrQueue(currentChatId, answerId);
      focusInput();
    },
    /** The last message becomes the draft again. */
    editLast(): void {
      const { running, currentChatId } = store.getState();
      if (running?.chatId === currentChatId) return;
      update((state) => takeBackLastTurn(state, currentChatId));
      focusInput();
    },
  };
}

/** What the current draft would come to. */
function createForecasting(store: AppStore, bridge: Bridge) {
  return {
    /** Without a draft, or without a model, nothing is asked. */
    forecast(): void {
      const state = store.getState();
      const { currentChatId: requestId, compression, model } = state;
      const draft = draftOf(state, requestId);
      if (isEmptyDraft(draft) || model.state !== 'ready') {
        store.setState({ outlook: null });
        return;
      }
      const messages = [...requestMessages(state, requestId, ''), { role: 'user' as const, content: contentOf(draft) }];
      void bridge.forecast({ requestId, messages, ...(compression && { compression }) }).catch(() => undefined);
    },
  };
}

type Side = 'sidebar' | 'panel';

function isShown({ isNarrow, overlay, sidebarOpen, panelOpen }: AppState, side: Side): boolean {
  if (isNarrow) return overlay === side;
  return side === 'sidebar' ? sidebarOpen : panelOpen;
}

function showSide(state: AppState, side: Side, shown: boolean): AppState {
  if (state.isNarrow) return { ...state, overlay: shown ? side : null };
  return side === 'sidebar' ? { ...state, sidebarOpen: shown } : { ...state, panelOpen: shown };
}

export const INPUT_ID = 'message-input';

function focusInput(): void {
  document.getElementById(INPUT_ID)?.focus();
}
