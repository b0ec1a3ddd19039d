import { type LanguageChoice, languageFor } from '../../../locales/languages.js';
import { onLanguageChange, setLanguage } from '../../../locales/words.js';
import { createBridge, receiveEnginePort } from '../bridge.js';
import { type Actions, createActions } from './actions.js';
import { openNextComparison } from './comparing.js';
import { reduceEngineStatus, reduceFrame, reducePort } from './frames.js';
import { chatToTakeUp } from './memory-actions.js';
import { loadPreferences } from './preferences.js';
import { recordFrame } from './recorder.js';
import { appStore } from './store.js';
import { firstLanguage, noteLanguage } from './window-language.js';

const bridge = createBridge(window.pyramid);

export const actions: Actions = createActions(appStore, bridge, () => crypto.randomUUID());

export const { onMenuCommand } = bridge;

/** Ties the store to the preload's bridge and to the engine's port. The main process loads the first model by itself. */
export function connectWindow(): void {
  appStore.setState(loadPreferences());
  followLanguage();
  receiveEnginePort(
    window,
    () => appStore.setState(reducePort, true),
    (frame) => {
      const now = performance.now();
      appStore.setState((state) => recordFrame(state, reduceFrame(state, frame, now), frame, now, new Date()), true);
    },
  );
  bridge.onEngineStatus((status) => appStore.setState((state) => reduceEngineStatus(state, status), true));
  // The engine has become free, or able to answer.
  appStore.subscribe((state, before) => {
    const { running, model, comparison } = before;
    if (state.running !== running || state.model !== model || state.comparison !== comparison) actions.sendQueued();
  });
  appStore.subscribe((state, before) => {
    const chatId = chatToTakeUp(state);
    if (chatId !== null && chatId !== chatToTakeUp(before)) actions.takeUpMemory(chatId);
  });
  actions.keeper.start();
  void actions.loadChats();
  void actions.readAssistants();
  onLanguageChange(() => void actions.readAssistants());
  // What was typed last is not to wait for its turn when the window goes.
  window.addEventListener('pagehide', () => void actions.keeper.flush());
  window.addEventListener('blur', () => void actions.keeper.flush());
  followWindowMode();
  // What is chosen in this window is newer than what main may still be answering.
  const readInfo = () =>
    void bridge.appInfo().then((appInfo) =>
      appStore.setState(({ compression, appCompression }) => ({
        appInfo,
        settings: appInfo.settings,
        compression: compression ?? appInfo.compression,
        appCompression: appCompression ?? appInfo.compression,
      })),
    );
  readInfo();
  // The free memory is shown: it is read again when somebody comes to look, and when a model has taken or freed some.
  window.addEventListener('focus', readInfo);
  appStore.subscribe((state, before) => {
    if (state.model.state !== before.model.state) readInfo();
  });
  appStore.subscribe((state, before) => {
    if (before.running && !state.running) openNextComparison(appStore, actions.openComparison);
  });
  appStore.subscribe((state, before) => {
    const isNew = state.compression !== before.compression || state.model.state !== before.model.state;
    if (isNew && state.compression && state.model.state === 'ready') actions.costContexts(state.compression);
  });
  void bridge.connectEngine();
}

/** Which of its two shapes the window has is for main to say; a page that was loaded anew asks. */
function followWindowMode(): void {
  window.addEventListener('blur', actions.leaveQuickIfIdle);
  actions.followNeeds();
  let isTold = false;
  bridge.onWindowMode((mode) => {
    isTold = true;
    actions.setWindowMode(mode);
  });
  // What main says meanwhile is newer than its answer.
  const ask = bridge.appInfo().then(({ isQuick }) => isQuick && !isTold && actions.setWindowMode('quick'));
  ask.catch(() => undefined);
}

/** Words are the settings' from the first thing that is drawn, and change with them. */
function followLanguage(): void {
  const follow = (choice: LanguageChoice) => setLanguage(languageFor(choice, navigator.language));
  follow(firstLanguage(window.pyramid.language));
  appStore.subscribe(({ settings }, before) => {
    if (!settings || settings.language === before.settings?.language) return;
    noteLanguage(settings.language);
    follow(settings.language);
  });
}
