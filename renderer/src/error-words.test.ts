import { describe, expect, it } from 'vitest';
import type { EngineErrorCode } from '../../engine/errors.js';
import { wordsFor } from './error-words.js';

describe('errors in words', () => {
  it.each([
    ['PROMPT_TOO_LONG', 'editMessage'],
    ['CHAT_TEMPLATE_FAILED', 'editMessage'],
    ['MODEL_TRUNCATED', 'chooseModel'],
    ['MODEL_ARCHITECTURE_UNSUPPORTED', 'chooseModel'],
    ['ENGINE_BUSY', 'tryAgain'],
    ['ENGINE_CRASHED', 'openLog'],
  ] as const)('%s leads out by %s', (code, way) => {
    const { title, ways } = wordsFor({ code, message: '' });
    expect(title).toMatch(/\.$/);
    expect(ways).toContain(way);
  });

  it('has words for a code that a newer engine may send', () => {
    expect(wordsFor({ code: 'SOMETHING_NEW' as EngineErrorCode, message: '' }).ways).toContain('openLog');
  });
});
