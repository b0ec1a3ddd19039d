import { type Float32Tensor, float32Tensor, type Int8Tensor, int8Tensor } from '../runtime/ort/session.js';
import {
  bytesOf,
  type FloatRows,
  floatRows,
  forEachHead,
  type HeadRows,
  headBytes,
  moveRows,
  type RowShape,
  type RowStore,
  type RowsOutline,
  runs,
  type WorkingTensor,
} from './row-store.js';

const LARGEST = 127;
/** A scale of 0 would make the first element that is not 0 infinite. */
const SMALLEST_SCALE = 1e-8;
/**
 * An element may exceed its channel's range by this factor before the range grows: until then it is cut to the range.
 * Records in one of thousands of channels come with nearly every token; large ones are rare.
 */
const TOLERANCE = 1.25;
/** After so many rows the largest magnitude seen is about what is to come; with fewer, the range is wider than it. */
const SURE_ROWS = 16;

/**
 * Keys or values in 8 bits: element = scale · integer, one scale for each channel of each head. A scale is the largest
 * magnitude that the channel had when a prompt was read, over 127; it only ever grows, and then what is stored is
 * rounded to the new one.
 */
export class Int8Rows implements RowStore {
  readonly tensor: Int8Tensor;
  /** [1, numKvHeads, 1, headDim] */
  readonly scales: Float32Tensor;
  /** How channels of the first `length` rows were before they were rounded anew. */
  private marked: { length: number; grown: { channel: number; scale: number; column: Int8Array }[] } = {
    length: 0,
    grown: [],
  };

  constructor(
    private readonly shape: RowShape,
    readonly capacity: number,
    scales?: Float32Array,
  ) {
    const { numKvHeads, headDim } = shape;
    this.tensor = int8Tensor([1, numKvHeads, capacity, headDim]);
    this.scales = float32Tensor([1, numKvHeads, 1, headDim]);
    if (scales) this.scales.values.set(scales);
    else this.scales.values.fill(SMALLEST_SCALE);
  }

  copyTo(working: WorkingTensor, length: number): void {
    const { headDim } = this.shape;
    const stored = this.tensor.values;
    const { values, capacity } = floatRows(working);
    forEachHead(this.shape, (head) => {
      const scales = this.scalesOf(head);
      const first = head * this.capacity * headDim;
      const offset = head * capacity * headDim - first;
      // Half the time of counting both indices up by one.
      for (let row = first; row < first + length * headDim; row += headDim) {
        for (let d = 0; d < headDim; d++) values[offset + row + d] = stored[row + d] * scales[d];
      }
    });
  }

  gather(kept: HeadRows, history: number, working: WorkingTensor, capacity: number): Int8Rows {
    const rows = floatRows(working);
    const made = new Int8Rows(this.shape, capacity, this.scales.values);
    forEachHead(this.shape, (head) => {
      const firstNew = kept[head].findIndex((row) => row >= history);
      const split = firstNew < 0 ? kept[head].length : firstNew;
      made.raiseScales(head, kept[head].subarray(split), rows);
      made.takeStored(head, kept[head].subarray(0, split), this);
      made.takeFresh(head, kept[head].subarray(split), split, rows);
    });
    return made;
  }

  resized(length: number, capacity: number): Int8Rows {
    const made = new Int8Rows(this.shape, capacity, this.scales.values);
    const every = Int32Array.from({ length }, (_, row) => row);
    forEachHead(this.shape, (head) => made.takeStored(head, every, this));
    made.marked = this.marked;
    return made;
  }

  retain(kept: HeadRows): void {
    moveRows(this.tensor.values, this.shape, this.capacity, kept);
  }

  correct(from: number, exact: Float32Array): void {
    const { numKvHeads, headDim } = this.shape;
    const width = numKvHeads * headDim;
    const scales = this.scales.values;
    for (let channel = 0; channel < width; channel++) {
      let largest = 0;
      for (let at = channel; at < exact.length; at += width) largest = Math.max(largest, Math.abs(exact[at]));
      if (largest > LARGEST * TOLERANCE * scales[channel]) {
        this.growChannel(channel, largest / LARGEST, from, exact);
      }
    }
  }

  mark(length: number): void {
    this.marked = { length, grown: [] };
  }

  restore(): void {
    const { length, grown } = this.marked;
    for (const { channel, scale, column } of grown.reverse()) {
      this.scales.values[channel] = scale;
      this.eachElement(channel, length, (at, row) => {
        this.tensor.values[at] = column[row];
      });
    }
    this.mark(length);
  }

  outline(): RowsOutline {
    const { length, grown } = this.marked;
    return { marked: length, grown: grown.map(({ column, ...channel }) => ({ ...channel, rows: column.length })) };
  }

  arrays(length: number): Uint8Array[] {
    const rows = headBytes(this.tensor.values, this.shape, this.capacity, length);
    return [...rows, bytesOf(this.scales.values), ...this.marked.grown.map(({ column }) => bytesOf(column))];
  }

  rebuild({ marked, grown }: RowsOutline): void {
    this.marked = { length: marked, grown: grown.map(({ rows, ...one }) => ({ ...one, column: new Int8Array(rows) })) };
  }

  release(): void {}

  /** Rounds a channel's rows to a larger scale: those before `from` as they are stored, the others from `exact`. */
  private growChannel(channel: number, scale: number, from: number, exact: Float32Array): void {
    const { values } = this.tensor;
    const before = this.scales.values[channel];
    const column = new Int8Array(Math.min(from, this.marked.length));
    const width = this.shape.numKvHeads * this.shape.headDim;
    this.eachElement(channel, from + exact.length / width, (at, row) => {
      if (row < column.length) column[row] = values[at];
      const value = row < from ? values[at] * before : exact[(row - from) * width + channel];
      values[at] = Math.round(value / scale);
    });
    this.scales.values[channel] = scale;
    this.marked.grown.push({ channel, scale: before, column });
  }

  private eachElement(channel: number, rows: number, visit: (at: number, row: number) => void): void {
    const { headDim } = this.shape;
    const first = Math.floor(channel / headDim) * this.capacity * headDim + (channel % headDim);
    for (let row = 0; row < rows; row++) visit(first + row * headDim, row);
  }

  private scalesOf(head: number): Float32Array {
    const { headDim } = this.shape;
    return this.scales.values.subarray(head * headDim, (head + 1) * headDim);
  }

  private raiseScales(head: number, fresh: Int32Array, rows: FloatRows): void {
    const { headDim } = this.shape;
    const largest = new Float32Array(headDim);
    for (const row of fresh) {
      const at = (head * rows.capacity + row) * headDim;
      for (let d = 0; d < headDim; d++) {
        const magnitude = Math.abs(rows.values[at + d]);
        if (magnitude > largest[d]) largest[d] = magnitude;
      }
    }
    const scales = this.scalesOf(head);
    const margin = 1 + Math.min(1, SURE_ROWS / Math.max(1, fresh.length));
    for (let d = 0; d < headDim; d++) {
      if (largest[d] > LARGEST * scales[d]) scales[d] = (largest[d] * margin) / LARGEST;
    }
  }

  /** Rows of another store, whose scales are not larger, to the front of a head. */
  private takeStored(head: number, stored: Int32Array, from: Int8Rows): void {
    const { headDim } = this.shape;
    const source = from.tensor.values;
    const target = this.tensor.values;
    const first = head * this.capacity * headDim;
    for (const [start, length, at] of runs(stored)) {
      const read = (head * from.capacity + start) * headDim;
      target.set(source.subarray(read, read + length * headDim), first + at * headDim);
    }
    const [before, after] = [from.scalesOf(head), this.scalesOf(head)];
    // Of a long text's channels, few exceed their range in a short turn.
    for (let d = 0; d < headDim; d++) {
      if (before[d] === after[d]) continue;
      const ratio = Math.fround(before[d] / after[d]);
      for (let row = 0, at = first + d; row < stored.length; row++, at += headDim) {
        target[at] = Math.round(target[at] * ratio);
      }
    }
  }

  private takeFresh(head: number, fresh: Int32Array, at: number, rows: FloatRows): void {
    const { headDim } = this.shape;
    const target = this.tensor.values;
    const source = rows.values;
    const inverse = Float64Array.from(this.scalesOf(head), (scale) => 1 / scale);
    let write = (head * this.capacity + at) * headDim;
    for (const row of fresh) {
      let read = (head * rows.capacity + row) * headDim;
      // Truncating what is positive rounds as Math.round does, in a third of its time.
      for (let d = 0; d < headDim; d++) target[write++] = Math.trunc(source[read++] * inverse[d] + 128.5) - 128;
    }
  }
}
