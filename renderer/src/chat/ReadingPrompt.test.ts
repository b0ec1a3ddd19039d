import { describe, expect, it } from 'vitest';
import { remainingMs } from './ReadingPrompt.js';

describe('the time that is left', () => {
  const reading = {
    phase: 'reading',
    processed: 60,
    total: 100,
    reused: 0,
    promptTokens: 50,
    since: 1000,
    first: 20,
  } as const;

  it('follows from the work done since the first report', () => {
    expect(remainingMs(reading, 1400)).toBe(400);
  });

  it('is not known before a second report, and not told at the end', () => {
    expect(remainingMs({ ...reading, processed: 20 }, 1400)).toBeNull();
    expect(remainingMs({ ...reading, processed: 100 }, 1400)).toBeNull();
  });
});
