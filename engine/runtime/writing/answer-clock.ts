import type { GenerateTimings } from '../../types.js';

/** Times one answer. All instants in milliseconds, from whatever clock is given. */
export class AnswerClock {
  private readonly startedAt: number;
  private prefillMs = 0;
  private firstTokenAt: number | null = null;
  private lastTokenAt = 0;
  private tokens = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.startedAt = now();
  }

  prefillDone(): void {
    this.prefillMs = this.now() - this.startedAt;
  }

  token(): void {
    this.lastTokenAt = this.now();
    this.firstTokenAt ??= this.lastTokenAt;
    this.tokens++;
  }

  timings(): GenerateTimings {
    const { firstTokenAt } = this;
    return {
      prefillMs: this.prefillMs,
      firstTokenMs: firstTokenAt === null ? null : firstTokenAt - this.startedAt,
      decodeMsPerToken:
        firstTokenAt === null || this.tokens < 2 ? null : (this.lastTokenAt - firstTokenAt) / (this.tokens - 1),
    };
  }
}
