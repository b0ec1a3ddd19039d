import { withMemory } from './cache-memory.js';
import { bytesOf, type RowStore, type RowsOutline } from './row-store.js';

/** Keys and values of one layer, and where in the text they are from. */
export interface LayerCache {
  keys: RowStore;
  values: RowStore;
  capacity: number;
  /** Rows in use, for each head. */
  length: number;
  /** For each head, the place in the text of each row, ascending; rotary embedding was made for it. [numKvHeads][capacity] */
  positions: Int32Array[];
}

/** The same with another capacity. @throws EngineError OUT_OF_MEMORY */
export function resized({ keys, values, length, positions }: LayerCache, capacity: number): LayerCache {
  const made = withMemory(capacity, (hold) => ({
    keys: hold(keys.resized(length, capacity)),
    values: hold(values.resized(length, capacity)),
  }));
  const grown = positions.map((places) => {
    const copied = new Int32Array(capacity);
    copied.set(places.subarray(0, length));
    return copied;
  });
  return { ...made, capacity, length, positions: grown };
}

export function release(layers: readonly LayerCache[]): void {
  for (const { keys, values } of layers) for (const store of [keys, values]) store.release();
}

/** What one needs to know of a layer at rest to lay out another like it. */
export interface LayerOutline {
  length: number;
  capacity: number;
  keys: RowsOutline;
  values: RowsOutline;
}

/** Null: the layer is on a device. */
export function layerOutline({ length, capacity, ...rows }: LayerCache): LayerOutline | null {
  const [keys, values] = [rows.keys.outline(), rows.values.outline()];
  return keys && values && { length, capacity, keys, values };
}

/** Views of what a layer holds: places in the text, keys, values. */
export function layerArrays({ length, positions, keys, values }: LayerCache): Uint8Array[] {
  const places = positions.map((head) => bytesOf(head.subarray(0, length)));
  return [...places, ...keys.arrays(length), ...values.arrays(length)];
}
