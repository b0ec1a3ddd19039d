import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, Menu, nativeTheme, protocol, utilityProcess } from 'electron';
import { ENGINE_STATUS_CHANNEL, MENU_COMMAND_CHANNEL } from '../ipc/channels.js';
import { APP_SCHEME, isAppUrl, serve } from './app-protocol.js';
import { AttachmentReader } from './attachment-reader.js';
import { EngineHost } from './engine-host.js';
import { createHandlers, openLog } from './handlers.js';
import { readLaunchOptions } from './launch-options.js';
import { log, startLog } from './log.js';
import { menuTemplate } from './menu.js';
import { type Settings, SettingsFile } from './settings.js';
import { registerHandlers } from './validated-ipc.js';
import { confineSession, openWindow } from './window.js';

const DEFAULT_MODEL = 'SmolLM2-135M-Instruct.Q4_1.gguf';

const launch = readLaunchOptions(process.argv.slice(1), process.env, process.cwd());
if (launch.userDataFolder) app.setPath('userData', launch.userDataFolder);
const userData = app.getPath('userData');
const modelsFolder = app.isPackaged
  ? join(process.resourcesPath, 'models')
  : join(app.getAppPath(), 'assets', 'models');
const defaultModel = join(modelsFolder, DEFAULT_MODEL);
const { logFile } = startLog(userData);
const settings = new SettingsFile(join(userData, 'settings.json'));
const engine = new EngineHost({
  fork: forkEngine,
  cacheFolder: join(userData, 'models'),
  precision: launch.precision ?? settings.current.precision,
  onStatus: (status) => sendToWindow(ENGINE_STATUS_CHANNEL, status),
  onLog: (level, message) => log.scope('engine')[level](message),
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
  openWindow({
    preload: join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
    icon: join(app.getAppPath(), 'assets', 'icons', 'icon.png'),
    saved: settings.current.window,
    save: (state) => saveSettings({ window: state }),
    onLog: (level, message) => log[level](message),
  });
}

function saveSettings(change: Partial<Settings>): void {
  try {
    settings.update(change);
  } catch (thrown) {
    log.warn('The settings could not be saved.', thrown);
  }
}

function setMenu(): void {
  const template = menuTemplate({
    platform: process.platform,
    development: !app.isPackaged,
    send: (command) => sendToWindow(MENU_COMMAND_CHANNEL, command),
    openLog: () => void openLog(logFile).catch((thrown: unknown) => log.warn(thrown)),
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
      engine,
      attachments,
      settings: () => settings.current,
      saveSettings,
      defaultModel,
      logFile,
    }),
    onError: (name, error) => log.warn(`${name}: ${error.code}: ${error.message}`),
  });
  createWindow();
  engine.start();
  engine.loadModel(launch.modelPath ?? defaultModel);
}

/** The engine gets a moment to end before the app does; `will-quit` cannot wait for it by itself. */
function quitEngineFirst(event: Electron.Event): void {
  event.preventDefault();
  void engine.quit().finally(() => app.exit(0));
}

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', quitEngineFirst);
  void app.whenReady().then(start);
} else {
  app.exit(0);
}
