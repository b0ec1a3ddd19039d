import type { AnyTensor } from '../runtime/ort/session.js';
import type { HeadRows, RowStore, WorkingTensor } from './row-store.js';

/** Keys and values on which prefill works: one layer's, [1, numKvHeads, capacity, headDim]. */
export interface WorkingRows {
  keys: AnyTensor;
  values: AnyTensor;
  capacity: number;
  /** On a device: whose they are. The cache takes them over where all rows stay. */
  stores?: { keys: RowStore; values: RowStore };
}

export function working(rows: WorkingRows, part: 'keys' | 'values'): WorkingTensor {
  return { tensor: rows[part], capacity: rows.capacity };
}

/** To work on what the stores hold. */
export function workingOn(stores: { keys: RowStore; values: RowStore }): WorkingRows {
  const { keys, values } = stores;
  return { keys: keys.tensor, values: values.tensor, capacity: keys.capacity, stores };
}

/**
 * Places in the text of rows that are kept, for each head.
 * @param of the first `history` rows are at the places `before`, by head, the others at `positions`
 */
export function placesOf(
  kept: HeadRows,
  { before, history, positions }: { before: readonly Int32Array[]; history: number; positions: Int32Array },
  capacity: number,
): Int32Array[] {
  return kept.map((rows, head) => {
    const places = new Int32Array(capacity);
    for (let i = 0; i < rows.length; i++) {
      places[i] = rows[i] < history ? before[head][rows[i]] : positions[rows[i] - history];
    }
    return places;
  });
}
