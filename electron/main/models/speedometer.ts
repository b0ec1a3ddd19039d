const WINDOW_MS = 5000;
const SHORTEST_MS = 1000;

/** Bytes a second over the last few seconds. */
export class Speedometer {
  readonly #marks: { atMs: number; bytes: number }[] = [];

  constructor(private readonly now: () => number) {}

  note(bytes: number): void {
    const atMs = this.now();
    const last = this.#marks.at(-1);
    if (last && (bytes < last.bytes || atMs - last.atMs > WINDOW_MS)) this.#marks.length = 0;
    // A few marks a second are enough.
    if (this.#marks.length > 1 && atMs - this.#marks[this.#marks.length - 2].atMs < 100) this.#marks.pop();
    this.#marks.push({ atMs, bytes });
    while (atMs - this.#marks[0].atMs > WINDOW_MS) this.#marks.shift();
  }

  /** null: it is too early to say. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.atMs - first.atMs < SHORTEST_MS) return null;
    return ((last.bytes - first.bytes) * 1000) / Math.max(last.atMs - first.atMs, this.now() - first.atMs);
  }
}
