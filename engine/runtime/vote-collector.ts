import type { Selection } from '../kv/selection.js';
import { type Voters, votersOf } from '../kv/votes.js';
import type { Queries } from './attention-scores.js';

/** Keeps of a layer's queries, as they come chunk by chunk, those that selections at this layer will ask for. */
export class VoteCollector {
  /** Ascending. */
  private readonly rows: Int32Array;
  /** [rows, width] */
  private readonly values: Float32Array;
  /** Elements so far. */
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
    this.values = new Float32Array(this.rows.length * width);
  }

  voters(selection: Selection): Voters {
    return votersOf(selection.scores, this.positions.length, this.windowRows(selection));
  }

  /** Of a chunk's rows `from` … `to` − 1 those whose queries are asked for, counted from `from`. */
  wanted(from: number, to: number): Int32Array<ArrayBuffer> {
    return Int32Array.from(this.rows.filter((row) => row >= from && row < to).map((row) => row - from));
  }

  /** The queries of a chunk that were wanted, [rows, width]. Chunks come in order. */
  collect(queries: Float32Array): void {
    this.values.set(queries, this.collected);
    this.collected += queries.length;
  }

  /** `wanted`: rows that vote, ascending. */
  queriesOf(wanted: Int32Array): Queries {
    const { width } = this;
    const values = new Float32Array(wanted.length * width);
    let at = 0;
    wanted.forEach((row, i) => {
      while (this.rows[at] < row) at++;
      values.set(this.values.subarray(at * width, (at + 1) * width), i * width);
    });
    return {
      values,
      positions: wanted.map((row) => this.positions[row]),
      ownKeys: wanted.map((row) => this.history + row),
    };
  }
}
