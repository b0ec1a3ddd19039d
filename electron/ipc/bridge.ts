import type { EngineErrorShape } from '../../engine/errors.js';
import type { LanguageChoice } from '../../locales/languages.js';
import type { CallInput, CallName, CallOutput, EngineStatus } from './contract.js';
import type { ModelsView } from './model-contract.js';
import type { MenuCommand } from './shortcuts.js';
import type { WindowMode } from './window-mode.js';

type Args<N extends CallName> = CallInput<N> extends void ? [] : [input: CallInput<N>];

/** Errors cross the context bridge as plain values: a thrown Error would lose its code there. */
export type CallResult<N extends CallName> =
  | { ok: true; value: CallOutput<N> }
  | { ok: false; error: EngineErrorShape };

/** What the preload puts on `window.pyramid`: named calls only. */
export type PyramidBridge = {
  [N in CallName]: (...args: Args<N>) => Promise<CallResult<N>>;
} & {
  /** As the settings had it when the window opened. */
  language: LanguageChoice;
  onEngineStatus(listener: (status: EngineStatus) => void): () => void;
  /** What `models` answered has changed; at most a few times a second. */
  onModels(listener: (view: ModelsView) => void): () => void;
  /** Where a file lies that the user dropped on the window; '' for one that is not from the disk. */
  pathOfFile(file: File): string;
  onMenuCommand(listener: (command: MenuCommand) => void): () => void;
  onWindowMode(listener: (mode: WindowMode) => void): () => void;
};

/** `event.data` of the window message with which the engine's port arrives. */
export const ENGINE_PORT_MESSAGE = 'engine-port';
