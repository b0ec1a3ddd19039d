import { afterEach, describe, expect, it } from 'vitest';
import type { EngineErrorCode } from '../../engine/errors.js';
import { setLanguage } from '../../locales/words.js';
import { leastBudget, wordsFor } from './error-words.js';

afterEach(() => setLanguage('en'));

describe('errors in words', () => {
  it.each([
    ['PROMPT_TOO_LONG', 'editMessage'],
    ['SYSTEM_PROMPT_TOO_LONG', 'editSystemPrompt'],
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

  it('are the engine’s own in English, whatever is in them', () => {
    const message = 'The template failed: {{ raise }} $t(errors.INTERNAL.title) <b>{{message}}</b> “a” & b.';
    expect(wordsFor({ code: 'CHAT_TEMPLATE_FAILED', message })).toMatchObject({ message, wording: null });
  });
});

describe('errors in words of another language', () => {
  const details = { promptTokens: 9000, contextLength: 8192, excess: 809 };

  it('are sentences of their own, with the figures, and with the engine’s words behind them', () => {
    setLanguage('de');
    const message = 'The conversation is 9000 tokens long.';
    const { ways: _, ...words } = wordsFor({ code: 'PROMPT_TOO_LONG', message, details });
    expect(words).toEqual({
      title: 'Das passt nicht in den Kontext.',
      message:
        'Das Gespräch hat 9.000 Tokens; in den Kontext des Modells passen 8.192, davon eines für die Antwort. Um 809 Tokens kürzen oder einen neuen Chat beginnen.',
      wording: message,
    });
  });

  it('are whole where what failed crosses as figures, with nothing to add', () => {
    setLanguage('de');
    const details = { problem: 'number', place: 2, name: 'Kurz', field: 'temperature', min: 0, max: 2 };
    expect(wordsFor({ code: 'ASSISTANT_FILE_INVALID', message: 'Assistant 2: …', details })).toMatchObject({
      message:
        'Assistent 2, „Kurz“: „Temperatur“ muss eine Zahl von 0 bis 2 sein. Nichts wurde importiert. Neu exportieren lassen oder die Datei in Ordnung bringen.',
      wording: null,
    });
  });

  it('tell of a file of chats where in it something is wrong', () => {
    setLanguage('de');
    const wrong = { problem: 'wrongField', place: 1200, title: 'Flut', message: 2, field: 'createdAt' };
    expect(wordsFor({ code: 'CHATS_FILE_INVALID', message: 'Chat 1200 …', details: wrong })).toMatchObject({
      message:
        'Chat 1.200, „Flut“, Nachricht 2: „createdAt“ ist nicht so, wie diese App es schreibt. Nichts wurde importiert. Neu exportieren lassen oder die Datei in Ordnung bringen.',
      wording: null,
    });
  });

  it('write bytes as bytes, and names as they are', () => {
    setLanguage('de');
    const message = 'The disk is too full.';
    const space = { folder: '/modelle', neededBytes: 1_240_000_000, freeBytes: 21_900_000 };
    expect(wordsFor({ code: 'DOWNLOAD_NO_SPACE', message, details: space }).message).toBe(
      'In /modelle werden noch 1,24 GB gebraucht, frei sind 21,9 MB. Platz schaffen, dann fortsetzen; was da ist, bleibt.',
    );
  });

  it('say in no words that nothing was said', () => {
    setLanguage('de');
    expect(wordsFor({ code: 'INTERNAL', message: '' }).wording).toBeNull();
  });
});
