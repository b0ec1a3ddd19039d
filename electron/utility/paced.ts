export interface Clock {
  /** Milliseconds, steady. */
  now(): number;
  /** Runs `task` once after `ms`; the returned function cancels it. */
  schedule(task: () => void, ms: number): () => void;
}

/** Passes values on at most once an interval; what comes between is merged. The first passes at once. */
export class Paced<T> {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #merge: (earlier: T, later: T) => T;
  readonly #send: (value: T) => void;
  #waiting: { value: T } | null = null;
  #cancel: (() => void) | null = null;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, intervalMs: number, merge: (earlier: T, later: T) => T, send: (value: T) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#merge = merge;
    this.#send = send;
  }

  offer(value: T): void {
    this.#waiting = { value: this.#waiting ? this.#merge(this.#waiting.value, value) : value };
    const waitMs = this.#nextMs - this.#clock.now();
    if (waitMs <= 0) this.flush();
    else this.#cancel ??= this.#clock.schedule(() => this.flush(), waitMs);
  }

  /** Sends what waits, if anything does. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (!this.#waiting) return;
    const { value } = this.#waiting;
    this.#waiting = null;
    this.#nextMs = this.#clock.now() + this.#intervalMs;
    this.#send(value);
  }

  /** Sends what waits; the next value passes at once. */
  restart(): void {
    this.flush();
    this.#nextMs = Number.NEGATIVE_INFINITY;
  }
}
