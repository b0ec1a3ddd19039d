import { setTimeout as pause } from 'node:timers/promises';

/** After a request, so long nothing is begun in the background: the next one may follow at once. */
const PAUSE_MS = 2000;

/** Lets requests go first: work in the background runs while there are none, and is stopped by the next one. */
export class IdleTime {
  private requests = 0;
  private lastEnd = Number.NEGATIVE_INFINITY;
  private stopWork: () => void = () => undefined;
  private working: Promise<unknown> = Promise.resolve();
  private isWorking = false;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly pauseMs = PAUSE_MS) {}

  /** A request begins; resolves when the background has let go. Each needs its `end`. */
  async begin(): Promise<void> {
    this.requests++;
    this.stopWork();
    await Promise.allSettled([this.working]);
  }

  end(): void {
    this.requests--;
    this.lastEnd = performance.now();
    for (const wake of this.waiting) wake();
  }

  /** Stops the present work for good, with its own signal aborted before. */
  async settled(): Promise<void> {
    this.stopWork();
    await Promise.allSettled([this.working]);
  }

  /**
   * Runs `work` while nothing else does. What a request stopped is begun anew after it: let it be short. One at a time.
   * @throws what `work` throws by itself; the signal's reason
   */
  async run<Result>(work: (stop: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (;;) {
      await this.idle(signal);
      signal.throwIfAborted();
      if (this.requests > 0) continue;
      if (this.isWorking) {
        await Promise.allSettled([this.working]);
        continue;
      }
      const requested = new AbortController();
      this.stopWork = () => requested.abort();
      const working = work(AbortSignal.any([requested.signal, signal]));
      this.working = working;
      this.isWorking = true;
      try {
        return await working;
      } catch (thrown) {
        if (signal.aborted || !requested.signal.aborted) throw thrown;
      } finally {
        this.stopWork = () => undefined;
        this.isWorking = false;
      }
    }
  }

  /** @throws the signal's reason */
  private async idle(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const rest = this.lastEnd + this.pauseMs - performance.now();
      if (this.requests === 0 && rest <= 0) return;
      await (this.requests > 0 ? this.nextEnd(signal) : pause(rest, undefined, { signal, ref: false }));
    }
  }

  private nextEnd(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
