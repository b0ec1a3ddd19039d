import type { EngineErrorShape } from './errors.js';
import type { KvStats } from './memory-types.js';

/** What becomes of a chat's memory in idle time. */
export type TidyingEvent =
  /**
   * So many parts of the text, each in one layer, have been looked at; nothing has changed yet. `planned`: about how many
   * tokens each layer will hold.
   */
  | { type: 'tidying'; done: number; total: number; planned: readonly number[] }
  /** `freedBytes`: less than before. `kv`: the cache as it is now. */
  | { type: 'tidied'; freedBytes: number; kv: KvStats }
  /** The text changed, or its memory is another chat's: what was looked at counts no more. */
  | { type: 'outdated' }
  /** Nothing was changed, but on a device whose memory cannot be trusted any more: there the chat is read anew. Not tried again before the text changes. */
  | { type: 'error'; error: EngineErrorShape };

export interface TidyingOptions {
  /** Also while the computer has other things to do. */
  underLoad?: boolean;
  signal: AbortSignal;
}

/** Spending idle time on a smaller memory of the chat. */
export interface Tidying {
  /**
   * Compacts the chat whenever nothing else runs and less memory is asked for, by a budget or because the computer has
   * little left. While it runs, a chat under a budget may take twice of that until it is its turn. A request waits for the
   * slice that runs at most, some 40 ms.
   * Resolves when the signal is aborted, or the engine disposed of; one at a time.
   */
  tidy(tell: (event: TidyingEvent) => void, options: TidyingOptions): Promise<void>;
  /** Somebody is about to ask something: nothing is tidied for two seconds. */
  composing(): void;
}
