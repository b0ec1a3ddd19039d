/** Work of about so many milliseconds may be queued: as long a stop takes to have effect. */
const MOST_QUEUED_MS = 100;
const MOST_RUNS = 512;

/**
 * A device is handed run after run without waiting for any. Now and then it is waited for: so that others get their turn,
 * a stop is heard, and what is told as done is not all still to come.
 */
export class Pace {
  private runs = 0;
  private allowed = 1;
  private began = 0;

  constructor(
    private readonly wait: () => Promise<unknown>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Before a run is handed over. */
  begin(): void {
    if (this.runs === 0) this.began = this.now();
    this.runs++;
  }

  /** After it was. */
  async end(): Promise<void> {
    if (this.runs < this.allowed) return;
    const { runs } = this;
    this.runs = 0;
    await this.wait();
    const fitting = Math.floor((runs * MOST_QUEUED_MS) / Math.max(0.01, this.now() - this.began));
    this.allowed = Math.min(MOST_RUNS, Math.max(1, fitting));
  }
}
