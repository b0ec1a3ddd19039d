import type { DeviceChoice, Precision } from '../../../engine/types.js';
import { askedWith, withSystemPrompt } from '../assistants/ask-settings.js';
import { createAssistantActions } from '../assistants/assistant-actions.js';
import { createChatSettingsActions } from '../assistants/chat-settings-actions.js';
import type { Bridge } from '../bridge.js';
import { toErrorShape } from '../bridge.js';
import { createAnswering } from './answering.js';
import { createAttaching } from './attaching.js';
import { createChatActions } from './chat-actions.js';
import { createComparing } from './comparing.js';
import { createFileActions } from './file-actions.js';
import { createFinding } from './finding.js';
import { focusInput } from './focus-input.js';
import { createKeeper } from './keeper.js';
import { createListActions } from './list-actions.js';
import { createMemoryActions, createPinActions, createRereading } from './memory-actions.js';
import { createMessageActions } from './message-actions.js';
import { createQuickActions } from './quick-actions.js';
import { createSettingsActions } from './settings-actions.js';
import { createSideActions } from './side-actions.js';
import type { AppState, Draft, WindowDialog } from './state.js';
import type { AppStore } from './store.js';
import { createTimelineActions } from './timeline-actions.js';
import { contentOf, draftOf, isEmptyDraft, requestMessages, withDraft } from './turns.js';
import { createUpdateActions } from './update-actions.js';

/** What the window can do. Every action may be called at any time; one that does not apply changes nothing. */
export type Actions = ReturnType<typeof createActions>;

export function createActions(store: AppStore, bridge: Bridge, newId: () => string) {
  const update = (change: (state: AppState) => AppState) => store.setState(change, true);
  const keeper = createKeeper(store, bridge);
  const chats = createChatActions(store, bridge, keeper, newId);
  const sides = createSideActions(update);
  const answering = createAnswering(store, bridge, keeper, newId);
  const comparing = createComparing(store, bridge, newId);

  return {
    keeper,
    ...answering,
    ...createMessageActions(store, answering.askOrQueue, newId),
    ...comparing,
    ...createModelActions(store, bridge),
    ...createMemoryActions(store, bridge),
    ...createRereading(store, bridge, newId),
    ...createPinActions(store),
    ...createAttaching(store, bridge, newId),
    ...createFinding(store, focusInput),
    ...createForecasting(store, bridge),
    ...createTimelineActions(store, bridge),
    ...createSettingsActions(store, bridge),
    ...createChatSettingsActions(store),
    ...createAssistantActions(store, bridge, newId),
    ...createUpdateActions(store, bridge),
    ...chats,
    ...createListActions(store, newId, { ...answering, ...comparing }),
    ...createFileActions(store, bridge, keeper),
    changeDraft(draft: Draft): void {
      update((state) => ({ ...withDraft(state, state.currentChatId, draft), hint: null }));
    },
    /**
     * Puts a text into the current chat's empty draft; what the user wrote is never replaced. `isCompared`: once it is
     * answered, a comparison with the full cache is offered.
     */
    sendExample(text: string, isCompared = false): void {
      update((state) =>
        isEmptyDraft(draftOf(state, state.currentChatId))
          ? withDraft(state, state.currentChatId, { text, pasted: [] })
          : state,
      );
      answering.send();
      const { running, queued } = store.getState();
      update((state) => ({
        ...state,
        comparesNext: isCompared ? ((queued.at(-1) ?? running)?.answerId ?? null) : null,
      }));
    },
    /** What runs, the answer or the comparison; closes a comparison that has ended. */
    stop(): void {
      if (!comparing.leaveComparison()) answering.stop();
    },
    closeCrash: () => update((state) => ({ ...state, crash: null })),
    openLog: () => void bridge.openLog().catch(() => undefined),
    openExternal: (url: string) => void bridge.openExternal(url).catch(() => undefined),
    ...sides,
    ...createQuickActions(store, bridge, { ...chats, ...sides }),
    toggleDialog: (dialog: WindowDialog) =>
      update((state) => ({ ...state, dialog: state.dialog === dialog ? null : dialog })),
    closeDialog: () => update((state) => ({ ...state, dialog: null })),
    focusInput,
  };
}

/** Loading and releasing; a call that fails before the engine could report leaves its error for the window. */
function createModelActions(store: AppStore, bridge: Bridge) {
  async function attempt(call: () => Promise<void>): Promise<void> {
    store.setState({ modelCallError: null, modelFailureClosed: false });
    try {
      await call();
    } catch (thrown) {
      store.setState({ modelCallError: toErrorShape(thrown) });
    }
  }
  return {
    closeModelFailure: () => store.setState({ modelFailureClosed: true }),
    loadModel: (path: string | null) => attempt(() => bridge.loadModel(path)),
    ejectModel: () => attempt(() => bridge.ejectModel()),
    setPrecision: (precision: Precision) =>
      attempt(async () => {
        await bridge.setPrecision(precision);
        store.setState(({ appInfo }) => ({ appInfo: appInfo && { ...appInfo, precision } }));
      }),
    /** Of the present model, which is loaded again. */
    setDevice: (device: DeviceChoice) => attempt(() => bridge.setDevice(device)),
    chooseModel: (kind: 'file' | 'folder') =>
      attempt(async () => {
        const path = await bridge.chooseModelFile(kind);
        if (path !== null) await bridge.loadModel(path);
      }),
  };
}

/** What the current draft would come to. */
function createForecasting(store: AppStore, bridge: Bridge) {
  return {
    /** Without a draft, or without a model, nothing is asked. */
    forecast(): void {
      const state = store.getState();
      const { currentChatId: requestId, model } = state;
      const draft = draftOf(state, requestId);
      if (isEmptyDraft(draft) || model.state !== 'ready') {
        store.setState({ outlook: null });
        return;
      }
      const { systemPrompt, compression } = askedWith(state, requestId);
      const said = [...requestMessages(state, requestId, ''), { role: 'user' as const, content: contentOf(draft) }];
      const messages = withSystemPrompt(systemPrompt, said);
      void bridge.forecast({ requestId, messages, ...(compression && { compression }) }).catch(() => undefined);
    },
  };
}
