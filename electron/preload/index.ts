import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type CallResult, ENGINE_PORT_MESSAGE, type PyramidBridge } from '../ipc/bridge.js';
import {
  callChannel,
  ENGINE_PORT_CHANNEL,
  ENGINE_STATUS_CHANNEL,
  MENU_COMMAND_CHANNEL,
  MODELS_CHANNEL,
  readCallNames,
  readLanguage,
  WINDOW_MODE_CHANNEL,
} from '../ipc/channels.js';
import type { CallName, EngineStatus } from '../ipc/contract.js';
import type { ModelsView } from '../ipc/model-contract.js';
import type { MenuCommand } from '../ipc/shortcuts.js';
import type { WindowMode } from '../ipc/window-mode.js';

function listen<T>(channel: string, listener: (value: T) => void): () => void {
  const forward = (_event: unknown, value: T): void => listener(value);
  ipcRenderer.on(channel, forward);
  return () => {
    ipcRenderer.off(channel, forward);
  };
}

const calls = Object.fromEntries(
  readCallNames(process.argv).map((name) => [
    name,
    (...args: unknown[]): Promise<CallResult<CallName>> => ipcRenderer.invoke(callChannel(name), ...args),
  ]),
);

const bridge = {
  ...calls,
  language: readLanguage(process.argv),
  onEngineStatus: (listener: (status: EngineStatus) => void) => listen(ENGINE_STATUS_CHANNEL, listener),
  onModels: (listener: (view: ModelsView) => void) => listen(MODELS_CHANNEL, listener),
  pathOfFile: (file: File) => webUtils.getPathForFile(file),
  onMenuCommand: (listener: (command: MenuCommand) => void) => listen(MENU_COMMAND_CHANNEL, listener),
  onWindowMode: (listener: (mode: WindowMode) => void) => listen(WINDOW_MODE_CHANNEL, listener),
} as PyramidBridge;

contextBridge.exposeInMainWorld('pyramid', bridge);

// A MessagePort cannot pass the context bridge; a window message to the page's own origin carries it.
ipcRenderer.on(ENGINE_PORT_CHANNEL, (event) => {
  window.postMessage(ENGINE_PORT_MESSAGE, window.location.origin, event.ports);
});
