import { EngineError } from '../errors.js';
import type { RowStore } from './row-store.js';

/** Of the first `length` places, ascending, those before `position`. */
export function countBefore(places: Int32Array, length: number, position: number): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (places[middle] < position) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** @param make holds what it has made, so that it is released where the rest cannot be */
export function withMemory<T>(capacity: number, make: (hold: (store: RowStore) => RowStore) => T): T {
  const held: RowStore[] = [];
  try {
    return make((store) => {
      held.push(store);
      return store;
    });
  } catch (cause) {
    for (const store of held) store.release();
    throw new EngineError(
      'OUT_OF_MEMORY',
      `No memory for a cache of ${capacity} tokens. Choose a stronger compression, start a new chat, or close other programs.`,
      { tokens: capacity },
      { cause },
    );
  }
}
