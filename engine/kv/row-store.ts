import { type AnyTensor, type Float32Tensor, float32Tensor, hostValues } from '../runtime/ort/session.js';

/** Rows of a tensor [1, numKvHeads, capacity, headDim], for each head; all heads have as many. [numKvHeads][rows] */
export type HeadRows = readonly Int32Array[];

export interface RowShape {
  numKvHeads: number;
  headDim: number;
}

/** Rows as prefill computes them: in float32, or on a device in its own type. */
export interface WorkingTensor {
  /** [1, numKvHeads, capacity, headDim] */
  tensor: AnyTensor;
  capacity: number;
}

/** The same in our memory. */
export interface FloatRows {
  /** [1, numKvHeads, capacity, headDim] */
  values: Float32Array;
  capacity: number;
}

/** @throws EngineError INTERNAL for rows on a device */
export function floatRows({ tensor, capacity }: WorkingTensor): FloatRows {
  return { values: hostValues(tensor) as Float32Array, capacity };
}

/** What belongs to rows at rest beside their bytes: which channels were rounded anew since `mark`, of how many rows. */
export interface RowsOutline {
  marked: number;
  grown: readonly { channel: number; scale: number; rows: number }[];
}

/** Keys or values of one layer. */
export interface RowStore {
  /** [1, numKvHeads, capacity, headDim] */
  readonly tensor: AnyTensor;
  /** With int8: what an element is multiplied by, [1, numKvHeads, 1, headDim]. */
  readonly scales: Float32Tensor | null;
  readonly capacity: number;
  /** Writes the first `length` rows of each head. */
  copyTo(target: WorkingTensor, length: number): void;
  /**
   * A new store with the `kept` rows of what `rows` holds, whose first `history` rows are those of this store.
   * They are taken from here, not from there: what was rounded once is not rounded again.
   */
  gather(kept: HeadRows, history: number, rows: WorkingTensor, capacity: number): RowStore;
  /** A copy of the first `length` rows with room for `capacity`. */
  resized(length: number, capacity: number): RowStore;
  /** Moves the kept rows to the front, in place. `kept`: ascending. */
  retain(kept: HeadRows): void;
  /**
   * A run has written rows `from` and following, whose exact values are `exact`, [rows, numKvHeads · headDim]: stores
   * right what did not fit, for which rows before them may be rounded anew.
   */
  correct(from: number, exact: Float32Array): void;
  /** Remembers how the first `length` rows are … */
  mark(length: number): void;
  /** … and undoes what was rounded since. Those rows must not have been moved. */
  restore(): void;
  /** Null: the rows are on a device. */
  outline(): RowsOutline | null;
  /** All that is to be kept of the first `length` rows of each head, in one order; views. */
  arrays(length: number): Uint8Array[];
  /** Of a new store: makes room for what `arrays` then gives to be filled. */
  rebuild(outline: RowsOutline): void;
  /** The rows are not needed any more. */
  release(): void;
}

export class Float32Rows implements RowStore {
  readonly tensor: Float32Tensor;
  readonly scales = null;

  constructor(
    private readonly shape: RowShape,
    readonly capacity: number,
  ) {
    this.tensor = float32Tensor([1, shape.numKvHeads, capacity, shape.headDim]);
  }

  copyTo(target: WorkingTensor, length: number): void {
    const { headDim } = this.shape;
    const { values } = floatRows(target);
    forEachHead(this.shape, (head) => {
      const start = head * this.capacity * headDim;
      values.set(this.tensor.values.subarray(start, start + length * headDim), head * target.capacity * headDim);
    });
  }

  gather(kept: HeadRows, _history: number, rows: WorkingTensor, capacity: number): Float32Rows {
    const { headDim } = this.shape;
    const { values } = floatRows(rows);
    const made = new Float32Rows(this.shape, capacity);
    forEachHead(this.shape, (head) => {
      const source = head * rows.capacity;
      for (const [start, length, at] of runs(kept[head])) {
        const from = (source + start) * headDim;
        made.tensor.values.set(values.subarray(from, from + length * headDim), (head * capacity + at) * headDim);
      }
    });
    return made;
  }

  resized(length: number, capacity: number): Float32Rows {
    const made = new Float32Rows(this.shape, capacity);
    this.copyTo({ tensor: made.tensor, capacity }, length);
    return made;
  }

  retain(kept: HeadRows): void {
    moveRows(this.tensor.values, this.shape, this.capacity, kept);
  }

  correct(): void {}

  mark(): void {}

  restore(): void {}

  outline(): RowsOutline {
    return { marked: 0, grown: [] };
  }

  arrays(length: number): Uint8Array[] {
    return headBytes(this.tensor.values, this.shape, this.capacity, length);
  }

  rebuild(): void {}

  release(): void {}
}

/** The bytes of the first `length` rows of each head. */
export function headBytes(
  values: Float32Array | Int8Array,
  { numKvHeads, headDim }: RowShape,
  capacity: number,
  length: number,
): Uint8Array[] {
  return Array.from({ length: numKvHeads }, (_, head) => {
    const start = head * capacity * headDim;
    return bytesOf(values.subarray(start, start + length * headDim));
  });
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function forEachHead({ numKvHeads }: RowShape, visit: (head: number) => void): void {
  for (let head = 0; head < numKvHeads; head++) visit(head);
}

/** 0 … length − 1 */
export function everyRow(length: number): Int32Array<ArrayBuffer> {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}

/** Stretches of consecutive rows: first row, how many, place of the first in the list. */
export function* runs(rows: Int32Array): Generator<[start: number, length: number, at: number]> {
  for (let at = 0; at < rows.length; ) {
    let end = at + 1;
    while (end < rows.length && rows[end] === rows[end - 1] + 1) end++;
    yield [rows[at], end - at, at];
    at = end;
  }
}

export function moveRows(
  values: Float32Array | Int8Array,
  { numKvHeads, headDim }: RowShape,
  capacity: number,
  kept: HeadRows,
): void {
  for (let head = 0; head < numKvHeads; head++) {
    const first = head * capacity;
    for (const [start, length, at] of runs(kept[head])) {
      if (start !== at) {
        const from = (first + start) * headDim;
        values.copyWithin((first + at) * headDim, from, from + length * headDim);
      }
    }
  }
}
