import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { app, BrowserWindow, dialog, MessageChannelMain, nativeTheme, shell, type WebContents } from 'electron';
import { EngineError } from '../../engine/errors.js';
import { t } from '../../locales/words.js';
import { ENGINE_PORT_CHANNEL, ENGINE_STATUS_CHANNEL } from '../ipc/channels.js';
import type { AppInfo } from '../ipc/contract.js';
import type { assistantHandlers } from './assistants/assistant-handlers.js';
import type { AttachmentReader } from './attachment-reader.js';
import { chatHandlers } from './chats/chat-handlers.js';
import type { ChatThread } from './chats/chat-thread.js';
import type { EngineHost } from './engine-host.js';
import { askAboutUrl } from './external-url.js';
import { openTrace, saveFile } from './file-dialogs.js';
import { chooseModelPath, createModelHandlers } from './models/model-handlers.js';
import type { ModelService } from './models/model-service.js';
import type { ParkedMemories } from './parked-memories.js';
import { lacksAvx2, readCpuInfo } from './processor.js';
import type { QuickWindow } from './quick-window.js';
import { appSettingsOf, type Settings } from './settings.js';
import type { Updates } from './updates/updates.js';
import type { Handlers } from './validated-ipc.js';

interface HandlerOptions {
  engine: EngineHost;
  attachments: AttachmentReader;
  models: ModelService;
  chats: ChatThread;
  parked: ParkedMemories;
  /** What failed that nobody waits for. */
  onLog: (thrown: unknown) => void;
  settings: () => Readonly<Settings>;
  /** What is chosen holds also where it cannot be kept for the next start. */
  saveSettings: (change: Partial<Settings>) => void;
  defaultModel: string;
  dataFolder: string;
  logFile: string;
  changeSettings: Handlers<WebContents>['changeSettings'];
  copyDiagnostics: () => Promise<string>;
  quickKeyTaken: () => boolean;
  quick: QuickWindow;
  updates: Updates;
  assistants: ReturnType<typeof assistantHandlers>;
}

/** What each call of the contract does. */
export function createHandlers(options: HandlerOptions): Handlers<WebContents> {
  const { engine, models, chats, attachments, saveSettings, defaultModel, dataFolder, logFile, updates } = options;
  const { parked, onLog } = options;
  return {
    appInfo: () => appInfo(options),
    connectEngine: (_input, page) => connectEngine(engine, page),
    loadModel: ({ path }) => engine.loadModel(path ?? defaultModel),
    setPrecision: ({ precision }) => {
      engine.setPrecision(precision);
      saveSettings({ precision });
    },
    setCompression: ({ compression }) => saveSettings({ compression }),
    changeSettings: options.changeSettings,
    ejectModel: () => engine.ejectModel(),
    chooseModelFile: ({ kind }, page) => chooseModelPath(kind, page),
    generate: (request) => engine.generate(request),
    forecast: (request) => engine.forecast(request),
    reread: (request) => engine.reread(request),
    compare: (request) => engine.compare(request),
    forecastComparison: (request) => engine.forecastComparison(request),
    costContexts: (choice) => engine.costContexts(choice),
    inspectMemory: () => engine.inspectMemory(),
    composing: () => engine.composing(),
    measurePresets: () => engine.measurePresets(),
    stopMeasuring: () => engine.stopMeasuring(),
    readAttachment: (file) => attachments.read(file),
    countTokens: (request) => engine.countTokens(request),
    stop: ({ requestId }) => engine.stop(requestId),
    saveFile,
    openTrace: (_input, page) => openTrace(page),
    ...chatHandlers(chats, {
      known: (chatIds) => void parked.removeAllBut(chatIds).catch(onLog),
      forget: (chatIds) => {
        engine.forgetChats(chatIds);
        void engine.renewed.then(() => parked.removeOf(chatIds)).catch(onLog);
      },
    }),
    takeUpMemory: ({ chatId }) => engine.takeUpMemory(chatId),
    parkedMemories: () => parked.size(),
    removeParkedMemories: async () => {
      engine.removeParked();
      await engine.renewed;
      await parked.removeAllBut([]);
      return parked.size();
    },
    ...options.assistants,
    openExternal: ({ url }, page) => openExternal(url, page),
    openLog: () => openLog(logFile),
    openFolder: ({ folder }) => openPath(folder === 'data' ? dataFolder : dirname(logFile)),
    copyDiagnostics: options.copyDiagnostics,
    ...createModelHandlers(models, engine),
    checkForUpdates: () => updates.check(),
    downloadUpdate: () => updates.download(),
    leaveQuick: ({ to }) => (to === 'whole' ? options.quick.becomeWhole() : options.quick.putAway()),
    setTheme: ({ theme }) => {
      nativeTheme.themeSource = theme;
      saveSettings({ theme });
    },
  };
}

function appInfo({ engine, settings, dataFolder, quickKeyTaken, quick }: HandlerOptions): AppInfo {
  return {
    version: app.getVersion(),
    electronVersion: process.versions.electron,
    platform: `${process.platform} ${process.arch}`,
    cpuModel: cpus()[0]?.model.trim() ?? '',
    lacksAvx2: lacksAvx2(process.arch, readCpuInfo()),
    cores: availableParallelism(),
    totalMemoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    dataFolder,
    precision: engine.precision,
    compression: settings().compression,
    settings: appSettingsOf(settings()),
    quickKeyTaken: quickKeyTaken(),
    isQuick: quick.isOn,
  };
}

function connectEngine(engine: EngineHost, page: WebContents): void {
  // A page that has just been loaded has not heard how the engine is.
  if (engine.status.state !== 'running') page.send(ENGINE_STATUS_CHANNEL, engine.status);
  engine.connect(() => {
    if (page.isDestroyed()) return null;
    const { port1, port2 } = new MessageChannelMain();
    page.postMessage(ENGINE_PORT_CHANNEL, null, [port2]);
    return port1;
  });
}

async function openExternal(text: string, page: WebContents): Promise<void> {
  const { url, message, detail } = askAboutUrl(text);
  const question: Electron.MessageBoxOptions = {
    type: 'question',
    message,
    detail,
    buttons: [t('main.link.open'), t('main.cancel')],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
  const window = BrowserWindow.fromWebContents(page);
  const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question));
  if (response === 0) await shell.openExternal(url);
}

export function openLog(logFile: string): Promise<void> {
  return openPath(logFile);
}

/** @throws EngineError INTERNAL where the system has no program for it */
async function openPath(path: string): Promise<void> {
  const problem = await shell.openPath(path);
  if (problem) throw new EngineError('INTERNAL', `${path} could not be opened: ${problem}. Open it by hand.`);
}
