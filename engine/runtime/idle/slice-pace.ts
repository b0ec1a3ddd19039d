/** A request that comes in the middle of a slice waits for it: half as long as anybody notices. */
const SLICE_MS = 40;
/** Of a model whose pace is not known yet. */
const FIRST_ROWS = 16;
/** Shorter ones would read all weights of a layer for next to nothing. */
const FEWEST_ROWS = 8;

/** How many rows of a text go through a layer at once in the background, so that each such slice takes about as long. */
export class SlicePace {
  private rows = FIRST_ROWS;

  /** Rows of the next slice. */
  get next(): number {
    return Math.floor(this.rows);
  }

  /** A slice of so many rows took so long: at once fewer than before, but only little by little more. */
  took(rows: number, ms: number): void {
    const fitting = (rows * SLICE_MS) / Math.max(ms, 0.1);
    this.rows = Math.max(FEWEST_ROWS, Math.min(fitting, 1.5 * this.rows));
  }
}
