import type { Selection } from '../../kv/selection.js';
import { type Voters, votersOf } from '../../kv/votes.js';
import type { DeviceTensor } from '../ort/session.js';
import type { DevicePart, Queries } from './scores.js';

/** Keeps of a layer's queries, as they come chunk by chunk, those that selections at this layer will ask for. */
export class VoteCollector {
  /** Ascending. */
  private readonly rows: Int32Array;
  /** [rows, width]; on a device they stay in parts. */
  private values: Float32Array | null = null;
  private readonly parts: DevicePart[] = [];
  /** Rows so far. */
  private collected = 0;

  /**
   * @param positions places in the text of the rows that the layer computes; `windowRows(selection)`: those of them in its recent window
   * @param history rows of K/V before them
   * @param width of a row of queries: numHeads · headDim
   */
  constructor(
    selections: readonly Selection[],
    private readonly positions: Int32Array,
    private readonly windowRows: (selection: Selection) => number,
    private readonly history: number,
    private readonly width: number,
  ) {
    const wanted = new Set<number>();
    for (const selection of selections) {
      const { recent, spread } = this.voters(selection);
      for (const row of [...spread, ...recent]) wanted.add(row);
    }
    this.rows = Int32Array.from(wanted).sort();
  }

  voters(selection: Selection): Voters {
    return votersOf(selection.scores, this.positions.length, this.windowRows(selection));
  }

  /** Whether two selections ask the same: "the whole window" is another one in each. */
  areSame(one: Selection, other: Selection): boolean {
    return one.scores === other.scores && this.voters(one).recent.length === this.voters(other).recent.length;
  }

  /** Of a chunk's rows `from` … `to` − 1 those whose queries are asked for, counted from `from`. */
  wanted(from: number, to: number): Int32Array<ArrayBuffer> {
    return Int32Array.from(this.rows.filter((row) => row >= from && row < to).map((row) => row - from));
  }

  /** The queries of a chunk that were wanted, [rows, width]. Chunks come in order. */
  collect(queries: Float32Array | DeviceTensor): void {
    if (queries instanceof Float32Array) {
      this.values ??= new Float32Array(this.rows.length * this.width);
      this.values.set(queries, this.collected * this.width);
      this.collected += queries.length / this.width;
      return;
    }
    const [rows] = queries.dims;
    this.parts.push({ tensor: queries, first: 0, rows });
    this.collected += rows;
  }

  /** `wanted`: rows that vote, ascending. */
  queriesOf(wanted: Int32Array): Queries {
    let at = 0;
    const places = wanted.map((row) => {
      while (this.rows[at] < row) at++;
      return at;
    });
    return {
      values: this.values ? this.valuesAt(this.values, places) : { parts: this.parts, rows: places },
      positions: wanted.map((row) => this.positions[row]),
      ownKeys: wanted.map((row) => this.history + row),
    };
  }

  /** Nobody votes any more. */
  release(): void {
    for (const { tensor } of this.parts.splice(0)) tensor.release();
  }

  private valuesAt(values: Float32Array, rows: Int32Array): Float32Array {
    const { width } = this;
    const found = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      found.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return found;
  }
}
