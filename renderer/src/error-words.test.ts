import { describe, expect, it } from 'vitest';
import { ENGINE_ERROR_CODES } from '../../engine/errors.js';
import { wordsFor } from './error-words.js';

describe('errors in words', () => {
  it.each(ENGINE_ERROR_CODES)('%s has a title and a way out', (code) => {
    const { title, ways } = wordsFor({ code, message: '' });
    expect(title).toMatch(/\.$/);
    expect(ways.length).toBeGreaterThan(0);
  });

  it('lets a message that does not fit be edited', () => {
    expect(wordsFor({ code: 'PROMPT_TOO_LONG', message: '' }).ways).toContain('editMessage');
    expect(wordsFor({ code: 'MODEL_TRUNCATED', message: '' }).ways).toContain('chooseModel');
  });
});
