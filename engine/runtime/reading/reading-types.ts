import type { TokenSpan } from '../../kv/token-span.js';

export interface ReadingOptions {
  /** Stretches of the prompt of which nothing is dropped. */
  pinned?: readonly TokenSpan[];
  /** Of the conversation, 1 = first: a prompt may hold several that are read at once. */
  turn?: number;
  /** Of the computer's memory. */
  freeBytes?: number;
  /** Idle time will be spent on what is read: until then it may exceed a budget, if memory is free. */
  tidies?: boolean;
  signal?: AbortSignal;
}
