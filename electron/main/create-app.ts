import { availableParallelism } from 'node:os';
import { app, screen } from 'electron';
import bundledModel from '../../assets/default-model.json' with { type: 'json' };
import { ENGINE_STATUS_CHANNEL, MENU_COMMAND_CHANNEL, MODELS_CHANNEL, WINDOW_MODE_CHANNEL } from '../ipc/channels.js';
import type { MenuCommand } from '../ipc/shortcuts.js';
import { assistantHandlers } from './assistants/assistant-handlers.js';
import { Background } from './background.js';
import { threadsFor } from './change-settings.js';
import { createAttachmentReader, createChatThread, forkEngine } from './child-processes.js';
import { EngineHost } from './engine-host.js';
import type { LaunchOptions } from './launch-options.js';
import { log, startLog } from './log.js';
import { MainWindow } from './main-window.js';
import { ModelService } from './models/model-service.js';
import { ParkedMemories } from './parked-memories.js';
import type { Places } from './places.js';
import { QuickWindow } from './quick-window.js';
import { copyDiagnostics } from './report.js';
import { type Settings, SettingsFile } from './settings.js';
import { findFeed } from './updates/update-feed.js';
import { Updates } from './updates/updates.js';
import type { Loading } from './wanted-model.js';

export type AppParts = ReturnType<typeof createApp>;

/** The app's parts, each knowing of the others what it has to. What the user has kept is opened here, and not before. */
export function createApp(launch: LaunchOptions, places: Places) {
  const { logFile } = startLog(places.userData);
  const cores = availableParallelism();
  const { settings, saveSettings } = openSettings(places);
  const window = new MainWindow({
    preload: places.preload,
    icon: places.icon,
    settings,
    // Where the small one is, is not where the window was.
    save: (state) => {
      if (!quick.isOn) saveSettings({ window: state });
    },
    onLog: (level, message) => log[level](message),
    onOpen: (opened) => background.keepRunning(opened),
  });
  const { quick, show } = createQuickWindow(window);
  const sendCommand = (command: MenuCommand): void => window.send(MENU_COMMAND_CHANNEL, command);
  const engine = new EngineHost({
    ...engineOptions(places),
    loading: loadingFor(launch, settings(), cores),
    deviceOf: (path) => models.library.deviceOf(path),
    onStatus: (status) => window.send(ENGINE_STATUS_CHANNEL, status),
    onLoaded: ({ path, hash }) => {
      models.library
        .noteLoaded(path, hash)
        .catch((thrown: unknown) => log.warn('The library could not be saved.', thrown));
    },
  });
  const models = new ModelService({
    ...{ userData: places.userData, defaultModel: places.defaultModel, cacheFolder: places.convertedModels },
    ...{ parkingFolder: places.memories },
    ...{ hub: launch.hub, settings, saveSettings },
    show: (view) => window.send(MODELS_CHANNEL, view),
    onLog: (message) => log.scope('models').warn(message),
  });
  const background = new Background({
    ...{ icon: places.icon, settings, saveSettings, quick },
    showWindow: show,
    newChat: () => {
      show();
      sendCommand('newChat');
    },
    onLog: (message) => log.warn(message),
  });
  return {
    ...{
      launch,
      places,
      logFile,
      cores,
      settings,
      saveSettings,
      window,
      show,
      quick,
      sendCommand,
      engine,
      models,
      background,
    },
    chats: createChatThread(places),
    parked: new ParkedMemories(places.memories),
    attachments: createAttachmentReader(places),
    updates: createUpdates(places),
    assistants: assistantHandlers({
      path: places.assistants,
      onDamaged: (keptAs) => log.warn(`The file of assistants made no sense, and was kept as ${keptAs}.`),
    }),
    copyDiagnostics: () => copyDiagnostics({ engine, settings, logFile }),
  };
}

function openSettings({ settingsFile }: Places) {
  const file = new SettingsFile(settingsFile);
  return {
    settings: () => file.current,
    /** What is chosen holds also where it cannot be kept for the next start. */
    saveSettings: (change: Partial<Settings>): void => {
      try {
        file.update(change);
      } catch (thrown) {
        log.warn('The settings could not be saved.', thrown);
      }
    },
  };
}

/** `show`: the whole window, from wherever it is. */
function createQuickWindow(window: MainWindow) {
  const quick = new QuickWindow({
    window: () => window.opened(),
    workArea: () => screen.getDisplayNearestPoint(screen.getCursorScreenPoint()).workArea,
    tell: (mode) => window.send(WINDOW_MODE_CHANNEL, mode),
  });
  const show = (): void => {
    quick.becomeWhole();
    window.show();
  };
  return { quick, show };
}

function engineOptions(places: Places) {
  return {
    fork: () => forkEngine(places),
    bundledModel: { path: places.defaultModel, sha256: bundledModel.sha256 },
    cacheFolder: places.convertedModels,
    measuring: { textFile: places.measuringText, folder: places.measured },
    parking: { folder: places.memories },
    onLog: (level: 'info' | 'warn' | 'error', message: string) => log.scope('engine')[level](message),
  };
}

function loadingFor(launch: LaunchOptions, settings: Readonly<Settings>, cores: number): Loading {
  const { precision, contextLength, threads } = settings;
  return { precision: launch.precision ?? precision, contextLength, threads: threadsFor(threads, cores) };
}

function createUpdates({ updateFeed: feedFile }: Places): Updates {
  const feed = findFeed({ isPackaged: app.isPackaged, platform: process.platform, env: process.env, feedFile });
  return new Updates({ feed, feedFile, logger: log.scope('updates') });
}
