import type { MessagePortMain } from 'electron';
import type { EngineCommand } from '../ipc/engine-messages.js';

/** The part of Electron's UtilityProcess that is needed. */
export interface EngineChild {
  readonly pid: number | undefined;
  postMessage(message: EngineCommand, transfer?: MessagePortMain[]): void;
  kill(): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
}
