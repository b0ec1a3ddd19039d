import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, utilityProcess } from 'electron';
import bundledModel from '../../assets/default-model.json' with { type: 'json' };
import { ENGINE_STATUS_CHANNEL, MENU_COMMAND_CHANNEL, MODELS_CHANNEL } from '../ipc/channels.js';
import { APP_SCHEME, isAppUrl, serve } from './app-protocol.js';
import { assistantHandlers } from './assistants/assistant-handlers.js';
import { AttachmentReader } from './attachment-reader.js';
import { Background } from './background.js';
import { changeSettings, threadsFor } from './change-settings.js';
import { ChatThread } from './chats/chat-thread.js';
import { EngineHost } from './engine-host.js';
import { createHandlers, openLog } from './handlers.js';
import { readLaunchOptions } from './launch-options.js';
import { log, startLog } from './log.js';
import { menuTemplate } from './menu.js';
import { ModelService } from './models/model-service.js';
import { copyDiagnostics, REPORT_WORDS } from './report.js';
import { type Settings, SettingsFile } from './settings.js';
import { startupProblem } from './startup-problem.js';
import { findFeed } from './updates/update-feed.js';
import { Updates } from './updates/updates.js';
import { registerHandlers } from './validated-ipc.js';
import { confineSession, openWindow } from './window.js';

let fileToOpen: string | null = null;
const launch = readLaunchOptions(process.argv.slice(1), process.env, process.cwd());
if (launch.userDataFolder) app.setPath('userData', launch.userDataFolder);
const userData = app.getPath('userData');
const modelsFolder = app.isPackaged
  ? join(process.resourcesPath, 'models')
  : join(app.getAppPath(), 'assets', 'models');
const textsFolder = app.isPackaged ? join(process.resourcesPath, 'texts') : join(app.getAppPath(), 'assets', 'texts');
const defaultModel = join(modelsFolder, bundledModel.file);
const { logFile } = startLog(userData);
const settings = new SettingsFile(join(userData, 'settings.json'));
const cacheFolder = join(userData, 'models');
const cores = availableParallelism();
const engine = new EngineHost({
  fork: forkEngine,
  bundledModel: { path: defaultModel, sha256: bundledModel.sha256 },
  cacheFolder,
  measuring: { textFile: join(textsFolder, 'wikitext-2-test.txt'), folder: join(userData, 'measured') },
  loading: {
    precision: launch.precision ?? settings.current.precision,
    contextLength: settings.current.contextLength,
    threads: threadsFor(settings.current.threads, cores),
  },
  onStatus: (status) => sendToWindow(ENGINE_STATUS_CHANNEL, status),
  onLoaded: ({ path, hash }) => {
    models.library
      .noteLoaded(path, hash)
      .catch((thrown: unknown) => log.warn('The library could not be saved.', thrown));
  },
  onLog: (level, message) => log.scope('engine')[level](message),
});
const models = new ModelService({
  userData,
  defaultModel,
  cacheFolder,
  hub: launch.hub,
  settings: () => settings.current,
  saveSettings,
  show: (view) => sendToWindow(MODELS_CHANNEL, view),
  onLog: (message) => log.scope('models').warn(message),
});
const chats = new ChatThread(
  () =>
    new Worker(join(app.getAppPath(), 'out', 'main', 'chat-worker.js'), {
      workerData: { folder: join(userData, 'chats') },
    }),
);

const reportSources = { engine, settings: () => settings.current, logFile };

const icon = join(app.getAppPath(), 'assets', 'icons', 'icon.png');
const background = new Background({
  icon,
  settings: () => settings.current,
  saveSettings,
  showWindow,
  newChat: () => {
    showWindow();
    sendToWindow(MENU_COMMAND_CHANNEL, 'newChat');
  },
  onLog: (message) => log.warn(message),
});

const attachments = new AttachmentReader({
  fork: () =>
    utilityProcess.fork(join(app.getAppPath(), 'out', 'main', 'attachment-process.js'), [], {
      serviceName: 'Pyramid Chat attachments',
      stdio: 'ignore',
      execArgv: ['--max-old-space-size=1024'],
    }),
  memoryOf: (pid) => {
    const found = app.getAppMetrics().find((metrics) => metrics.pid === pid);
    return found ? found.memory.workingSetSize * 1024 : null;
  },
});

function forkEngine(): Electron.UtilityProcess {
  const child = utilityProcess.fork(join(app.getAppPath(), 'out', 'main', 'engine-process.js'), [], {
    serviceName: 'Pyramid Chat engine',
    stdio: 'pipe',
  });
  // Native code says why it ends a process on these two only.
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => log.scope('engine').warn(text.toString().trimEnd()));
  }
  return child;
}

function sendToWindow(channel: string, value: unknown): void {
  for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channel, value);
}

function createUpdates(): Updates {
  const { isPackaged } = app;
  const feedFile = join(process.resourcesPath, 'update.json');
  const feed = findFeed({ isPackaged, platform: process.platform, env: process.env, feedFile });
  return new Updates({ feed, feedFile, logger: log.scope('updates') });
}

/** What an app that is started tells the one that runs already, of the same user. */
type Instance = Readonly<{ version: string; modelPath: string | null }>;

/** In ASCII: with other characters in it, Electron hands over nothing. */
function introduction(instance: Instance): { instance: string } {
  return { instance: encodeURIComponent(JSON.stringify(instance)) };
}

/** Null: a version of the app that tells nothing of itself. */
function introduced(other: unknown): Instance | null {
  const { instance } = (other ?? {}) as Partial<ReturnType<typeof introduction>>;
  return instance === undefined ? null : JSON.parse(decodeURIComponent(instance));
}

/** A second start ends at once; what it was to do is done here. */
function meet(argv: readonly string[], cwd: string, other: unknown): void {
  showWindow();
  const { version, modelPath } = introduced(other) ?? {
    version: app.getVersion(),
    ...readLaunchOptions(argv.slice(1), {}, cwd),
  };
  if (modelPath !== null) engine.loadModel(modelPath);
  if (version === app.getVersion()) return;
  const message = `Version ${app.getVersion()} of Pyramid Chat is running already, so version ${version} was not started.`;
  log.warn(message);
  const detail =
    'Both keep their chats in the same folder. Quit this one first, or remove the one that you do not want.';
  void dialog.showMessageBox(BrowserWindow.getAllWindows()[0], { type: 'info', message, detail });
}

/** How macOS says which file is to be opened, also before the app is ready. */
function openFile(event: Electron.Event, path: string): void {
  event.preventDefault();
  if (app.isReady()) engine.loadModel(path);
  else fileToOpen = path;
}

/** Without the lock: where nothing can be written, it cannot be had either. */
function refuseToStart(reason: string): void {
  process.stderr.write(`Pyramid Chat cannot start. ${reason}\n`);
  void app
    .whenReady()
    .then(() => dialog.showMessageBox({ type: 'error', message: 'Pyramid Chat cannot start', detail: reason }))
    .finally(() => app.exit(1));
}

function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) {
    createWindow();
    return;
  }
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function createWindow(): void {
  const window = openWindow({
    preload: join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
    icon,
    language: settings.current.language,
    saved: settings.current.window,
    save: (state) => saveSettings({ window: state }),
    onLog: (level, message) => log[level](message),
  });
  background.keepRunning(window);
}

function saveSettings(change: Partial<Settings>): void {
  try {
    settings.update(change);
  } catch (thrown) {
    log.warn('The settings could not be saved.', thrown);
  }
}

/** From the menu, where the page may be what broke. */
async function report(): Promise<void> {
  await copyDiagnostics(reportSources);
  await dialog.showMessageBox({
    type: 'info',
    message: 'A report is on the clipboard.',
    detail: REPORT_WORDS,
  });
}

function setMenu(): void {
  const template = menuTemplate({
    platform: process.platform,
    development: !app.isPackaged,
    send: (command) => sendToWindow(MENU_COMMAND_CHANNEL, command),
    openLog: () => void openLog(logFile).catch((thrown: unknown) => log.warn(thrown)),
    report: () => void report().catch((thrown: unknown) => log.warn(thrown)),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function start(): void {
  log.info(
    `Pyramid Chat ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform} ${process.arch}`,
  );
  nativeTheme.themeSource = settings.current.theme;
  protocol.handle(APP_SCHEME, (request) => serve(request.url, join(app.getAppPath(), 'out', 'renderer')));
  confineSession();
  setMenu();
  registerHandlers({
    receiver: ipcMain,
    isTrusted: ({ senderFrame }) => senderFrame?.parent === null && isAppUrl(senderFrame.url),
    handlers: createHandlers({
      ...{ engine, models, chats, attachments, saveSettings, defaultModel, logFile },
      settings: () => settings.current,
      dataFolder: userData,
      changeSettings: (change) =>
        changeSettings(change, { engine, background, settings: () => settings.current, saveSettings, cores }),
      copyDiagnostics: () => copyDiagnostics(reportSources),
      quickKeyTaken: () => background.quickKeyTaken,
      updates: createUpdates(),
      assistants: assistantHandlers(userData, (keptAs) =>
        log.warn(`The file of assistants made no sense, and was kept as ${keptAs}.`),
      ),
    }),
    onError: (name, error) => log.warn(`${name}: ${error.code}: ${error.message}`),
  });
  createWindow();
  background.start();
  engine.start();
  engine.loadModel(launch.modelPath ?? fileToOpen ?? models.library.startPath);
}

/** The engine gets a moment to end before the app does, and what is to be kept is; `will-quit` cannot wait by itself. */
function quitOthersFirst(event: Electron.Event): void {
  event.preventDefault();
  void Promise.allSettled([engine.quit(), models.stopAll(), chats.close()]).finally(() => app.exit(0));
}

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
const problem = startupProblem(userData);
if (problem !== null) {
  refuseToStart(problem);
} else if (app.requestSingleInstanceLock(introduction({ version: app.getVersion(), modelPath: launch.modelPath }))) {
  app.on('second-instance', (_event, argv, cwd, other) => meet(argv, cwd, other));
  app.on('open-file', openFile);
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', quitOthersFirst);
  void app.whenReady().then(start);
} else {
  app.exit(0);
}
