import { type CallResult, ENGINE_PORT_MESSAGE, type PyramidBridge } from '../../electron/ipc/bridge.js';
import type { CallInput, EngineStatus } from '../../electron/ipc/contract.js';
import type { EngineFrame } from '../../electron/ipc/frames.js';
import type { MenuCommand } from '../../electron/ipc/shortcuts.js';
import type { WindowMode } from '../../electron/ipc/window-mode.js';
import type { EngineErrorCode, EngineErrorShape } from '../../engine/errors.js';
import type { CompressionChoice, DeviceChoice, Precision } from '../../engine/types.js';

declare global {
  interface Window {
    pyramid: PyramidBridge;
  }
}

/** A call to the main process that failed, with the code it failed by. */
export class CallError extends Error implements EngineErrorShape {
  override readonly name = 'CallError';
  readonly code: EngineErrorCode;
  readonly details?: EngineErrorShape['details'];

  constructor(shape: EngineErrorShape) {
    super(shape.message);
    this.code = shape.code;
    this.details = shape.details;
  }
}

/** Anything thrown by a call, as what the user interface switches on. */
export function toErrorShape(thrown: unknown): EngineErrorShape {
  if (thrown instanceof CallError) return { code: thrown.code, message: thrown.message, details: thrown.details };
  return { code: 'INTERNAL', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

export async function unwrap<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; error: EngineErrorShape }>,
): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new CallError(result.error);
  return result.value;
}

/** The calls of the preload script, throwing CallError where they fail. */
export function createBridge(pyramid: PyramidBridge) {
  const nothing = (answer: Promise<CallResult<'stop'>>) => unwrap<void>(answer);
  return {
    appInfo: () => unwrap(pyramid.appInfo()),
    connectEngine: () => nothing(pyramid.connectEngine()),
    loadModel: (path: string | null) => nothing(pyramid.loadModel({ path })),
    setPrecision: (precision: Precision) => nothing(pyramid.setPrecision({ precision })),
    setDevice: (device: DeviceChoice) => nothing(pyramid.setDevice({ device })),
    setCompression: (compression: CompressionChoice) => nothing(pyramid.setCompression({ compression })),
    changeSettings: (change: CallInput<'changeSettings'>) => unwrap(pyramid.changeSettings(change)),
    ejectModel: () => nothing(pyramid.ejectModel()),
    chooseModelFile: (kind: 'file' | 'folder') => unwrap(pyramid.chooseModelFile({ kind })),
    generate: (call: CallInput<'generate'>) => nothing(pyramid.generate(call)),
    forecast: (call: CallInput<'forecast'>) => nothing(pyramid.forecast(call)),
    reread: (call: CallInput<'reread'>) => nothing(pyramid.reread(call)),
    compare: (call: CallInput<'compare'>) => nothing(pyramid.compare(call)),
    forecastComparison: (call: CallInput<'compare'>) => nothing(pyramid.forecastComparison(call)),
    costContexts: (compression: CompressionChoice) => nothing(pyramid.costContexts({ compression })),
    readAttachment: (file: CallInput<'readAttachment'>) => unwrap(pyramid.readAttachment(file)),
    countTokens: (call: CallInput<'countTokens'>) => nothing(pyramid.countTokens(call)),
    inspectMemory: () => nothing(pyramid.inspectMemory()),
    takeUpMemory: (chatId: string) => nothing(pyramid.takeUpMemory({ chatId })),
    parkedMemories: () => unwrap(pyramid.parkedMemories()),
    removeParkedMemories: () => unwrap(pyramid.removeParkedMemories()),
    saveFile: (file: CallInput<'saveFile'>) => unwrap(pyramid.saveFile(file)),
    openTrace: () => unwrap(pyramid.openTrace()),
    measurePresets: () => nothing(pyramid.measurePresets()),
    stopMeasuring: () => nothing(pyramid.stopMeasuring()),
    listChats: () => unwrap(pyramid.listChats()),
    readChat: (chatId: string) => unwrap(pyramid.readChat({ chatId })),
    keepChats: (changes: CallInput<'keepChats'>) => nothing(pyramid.keepChats(changes)),
    exportChats: (order: CallInput<'exportChats'>) => unwrap(pyramid.exportChats(order)),
    importChats: () => unwrap(pyramid.importChats()),
    readAssistants: () => unwrap(pyramid.readAssistants()),
    keepAssistants: (kept: CallInput<'keepAssistants'>) => nothing(pyramid.keepAssistants(kept)),
    exportAssistants: (order: CallInput<'exportAssistants'>) => unwrap(pyramid.exportAssistants(order)),
    importAssistants: () => unwrap(pyramid.importAssistants()),
    searchChats: (query: string) => unwrap(pyramid.searchChats({ query })),
    stop: (requestId: string) => nothing(pyramid.stop({ requestId })),
    openExternal: (url: string) => nothing(pyramid.openExternal({ url })),
    openLog: () => nothing(pyramid.openLog()),
    openFolder: (folder: 'data' | 'logs') => nothing(pyramid.openFolder({ folder })),
    copyDiagnostics: () => unwrap(pyramid.copyDiagnostics()),
    checkForUpdates: () => unwrap(pyramid.checkForUpdates()),
    downloadUpdate: () => nothing(pyramid.downloadUpdate()),
    setTheme: (theme: 'system' | 'light' | 'dark') => nothing(pyramid.setTheme({ theme })),
    leaveQuick: (to: 'whole' | 'away') => nothing(pyramid.leaveQuick({ to })),
    onEngineStatus: (listener: (status: EngineStatus) => void) => pyramid.onEngineStatus(listener),
    onMenuCommand: (listener: (command: MenuCommand) => void) => pyramid.onMenuCommand(listener),
    onWindowMode: (listener: (mode: WindowMode) => void) => pyramid.onWindowMode(listener),
  };
}

export type Bridge = ReturnType<typeof createBridge>;

/**
 * Hands over every frame of the engine's port, and tells when a new port begins (the engine process was restarted, its
 * sequence numbers start again). A port that a newer one replaced is closed.
 */
export function receiveEnginePort(source: Window, onPort: () => void, onFrame: (frame: EngineFrame) => void): void {
  let current: MessagePort | null = null;
  source.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== source || event.data !== ENGINE_PORT_MESSAGE) return;
    const port = event.ports[0];
    if (!port) return;
    current?.close();
    current = port;
    onPort();
    port.onmessage = (message: MessageEvent<EngineFrame>) => onFrame(message.data);
  });
}
