import { EngineError } from '../errors.js';

const MAX_STOP_STRINGS = 16;
const MAX_STOP_LENGTH = 1000;

export interface StopProgress {
  /** Text that is certain to stand before any stop string. */
  text: string;
  /** The stop string that ended the text; nothing comes after it. */
  matched: string | null;
}

/**
 * Watches streamed text for stop strings and holds back what may be the beginning of one. The text ends before the
 * stop string that is complete first (the longest of those complete at once), however the text is cut into pieces.
 */
export class StopStrings {
  private held = '';
  private readonly stops: readonly string[];

  /**
   * @param requested by the user
   * @param own of the model's prompt format, beside the limits
   * @throws REQUEST_INVALID for an empty, an over-long or too many stop strings
   */
  constructor(requested: readonly string[], own: readonly string[] = []) {
    const broken = requested.some((stop) => stop === '' || stop.length > MAX_STOP_LENGTH);
    if (broken || requested.length > MAX_STOP_STRINGS) {
      throw new EngineError(
        'REQUEST_INVALID',
        `Stop strings must be at most ${MAX_STOP_STRINGS}, of 1 to ${MAX_STOP_LENGTH} characters each.`,
      );
    }
    this.stops = [...own, ...requested];
  }

  push(text: string): StopProgress {
    const seen = this.held + text;
    const match = this.firstComplete(seen);
    if (match) {
      this.held = '';
      return { text: seen.slice(0, match.start), matched: match.stop };
    }
    const certain = seen.length - this.longestBeginning(seen);
    this.held = seen.slice(certain);
    return { text: seen.slice(0, certain), matched: null };
  }

  /** Ends the text: what was held back and did not become a stop string. */
  flush(): string {
    const { held } = this;
    this.held = '';
    return held;
  }

  private firstComplete(text: string): { start: number; stop: string } | null {
    let first: { start: number; stop: string } | null = null;
    for (const stop of this.stops) {
      const start = text.indexOf(stop);
      if (start < 0) continue;
      const end = start + stop.length;
      const firstEnd = first ? first.start + first.stop.length : Number.POSITIVE_INFINITY;
      if (end < firstEnd || (end === firstEnd && first && start < first.start)) first = { start, stop };
    }
    return first;
  }

  /** Length of the longest end of `text` with which a stop string begins. */
  private longestBeginning(text: string): number {
    let longest = 0;
    for (const stop of this.stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
