import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { app, BrowserWindow, dialog, MessageChannelMain, nativeTheme, shell, type WebContents } from 'electron';
import { EngineError } from '../../engine/errors.js';
import { ENGINE_PORT_CHANNEL, ENGINE_STATUS_CHANNEL } from '../ipc/channels.js';
import type { AppInfo, CallInput } from '../ipc/contract.js';
import type { EngineHost } from './engine-host.js';
import { checkExternalUrl } from './external-url.js';
import { chooseOpenPath, openTrace, saveFile } from './file-dialogs.js';
import type { Settings } from './settings.js';
import type { Updates } from './updates/updates.js';
import type { Handlers } from './validated-ipc.js';

interface HandlerOptions {
  engine: EngineHost;
  settings: () => Readonly<Settings>;
  /** What is chosen holds also where it cannot be kept for the next start. */
  saveSettings: (change: Partial<Settings>) => void;
  defaultModel: string;
  logFile: string;
  updates: Updates;
}

/** What each call of the contract does. */
export function createHandlers(options: HandlerOptions): Handlers<WebContents> {
  const { engine, settings, saveSettings, defaultModel, logFile, updates } = options;
  return {
    appInfo: () => appInfo(logFile, engine.precision, settings().compression),
    connectEngine: (_input, page) => connectEngine(engine, page),
    loadModel: ({ path }) => engine.loadModel(path ?? defaultModel),
    setPrecision: ({ precision }) => {
      engine.setPrecision(precision);
      saveSettings({ precision });
    },
    setCompression: ({ compression }) => saveSettings({ compression }),
    ejectModel: () => engine.ejectModel(),
    chooseModelFile,
    generate: (request) => engine.generate(request),
    forecast: (request) => engine.forecast(request),
    reread: (request) => engine.reread(request),
    compare: (request) => engine.compare(request),
    forecastComparison: (request) => engine.forecastComparison(request),
    inspectMemory: () => engine.inspectMemory(),
    measurePresets: () => engine.measurePresets(),
    stopMeasuring: () => engine.stopMeasuring(),
    stop: ({ requestId }) => engine.stop(requestId),
    saveFile,
    openTrace: (_input, page) => openTrace(page),
    openExternal: ({ url }, page) => openExternal(url, page),
    openLog: () => openLog(logFile),
    checkForUpdates: () => updates.check(),
    downloadUpdate: () => updates.download(),
    setTheme: ({ theme }) => {
      nativeTheme.themeSource = theme;
      saveSettings({ theme });
    },
  };
}

function appInfo(logFile: string, precision: AppInfo['precision'], compression: AppInfo['compression']): AppInfo {
  return {
    version: app.getVersion(),
    electronVersion: process.versions.electron,
    platform: `${process.platform} ${process.arch}`,
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    totalMemoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    logFile,
    precision,
    compression,
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

function chooseModelFile({ kind }: CallInput<'chooseModelFile'>, page: WebContents): Promise<string | null> {
  return chooseOpenPath(
    page,
    kind === 'file'
      ? { title: 'Open a model', properties: ['openFile'], filters: [{ name: 'GGUF models', extensions: ['gguf'] }] }
      : { title: 'Open a folder with safetensors', properties: ['openDirectory'] },
  );
}

async function openExternal(text: string, page: WebContents): Promise<void> {
  const url = checkExternalUrl(text);
  const question: Electron.MessageBoxOptions = {
    type: 'question',
    message: url.startsWith('mailto:') ? 'Write to this address?' : 'Open this address in your browser?',
    detail: url,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
  const window = BrowserWindow.fromWebContents(page);
  const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question));
  if (response === 0) await shell.openExternal(url);
}

export async function openLog(logFile: string): Promise<void> {
  const problem = await shell.openPath(logFile);
  if (problem) throw new EngineError('INTERNAL', `The log could not be opened: ${problem}. It is ${logFile}.`);
}
