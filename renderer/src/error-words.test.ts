import { describe, expect, it } from 'vitest';
import type { EngineErrorCode } from '../../engine/errors.js';
import { leastBudget, wordsFor } from './error-words.js';

describe('errors in words', () => {
  it.each([
    ['PROMPT_TOO_LONG', 'editMessage'],
    ['CHAT_TEMPLATE_FAILED', 'editMessage'],
    ['MODEL_TRUNCATED', 'chooseModel'],
    ['MODEL_ARCHITECTURE_UNSUPPORTED', 'chooseModel'],
    ['ENGINE_BUSY', 'tryAgain'],
    ['ENGINE_CRASHED', 'openLog'],
    ['COMPRESSION_INVALID', 'faithful'],
    ['KV_BUDGET_TOO_SMALL', 'faithful'],
  ] as const)('%s leads out by %s', (code, way) => {
    const { title, ways } = wordsFor({ code, message: '' });
    expect(title).toMatch(/\.$/);
    expect(ways).toContain(way);
  });

  it('writes the figures of a message with separators, but not the digits of a path', () => {
    const details = { promptTokens: 123456, contextLength: 8192, excess: 115265, layers: 30 };
    const message = '/models/8192/a-8192.gguf: 123456 tokens, of 8192 at most. Shorten it by 115265, or by 8192.';
    expect(wordsFor({ code: 'PROMPT_TOO_LONG', message, details }).message).toBe(
      '/models/8192/a-8192.gguf: 123,456 tokens, of 8,192 at most. Shorten it by 115,265, or by 8,192.',
    );
  });

  it('says how much memory would do, rounded up, and offers it', () => {
    const error = { code: 'KV_BUDGET_TOO_SMALL', message: '', details: { leastBytes: 3_210_001 } } as const;
    expect(leastBudget(error)).toBe(3.3e6);
    expect(wordsFor(error)).toMatchObject({ message: expect.stringContaining('grow to 3.3 MB') });
    expect(wordsFor(error).ways[0]).toBe('leastBudget');
    expect(wordsFor({ ...error, details: {} }).ways).not.toContain('leastBudget');
  });

  it('has words for a code that a newer engine may send', () => {
    expect(wordsFor({ code: 'SOMETHING_NEW' as EngineErrorCode, message: '' }).ways).toContain('openLog');
  });
});
