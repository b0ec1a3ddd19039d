import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { SAMPLING_LIMITS } from '../../../electron/ipc/chat-limits.js';
import { setLanguage } from '../../../locales/words.js';
import { readNumber, writeNumber } from './number-text.js';

afterEach(() => setLanguage('en'));
const { temperature, topK, frequencyPenalty, seed } = SAMPLING_LIMITS;

describe('a number that is typed', () => {
  it.each([
    ['0.7', temperature, 0.7],
    [' 0,7 ', temperature, 0.7],
    ['.5', temperature, 0.5],
    ['2', temperature, 2],
    ['-1.5', frequencyPenalty, -1.5],
    ['−1', frequencyPenalty, -1],
    ['40', topK, 40],
    ['9007199254740991', seed, Number.MAX_SAFE_INTEGER],
    ['1,000', topK, 1000],
    ['1.000', topK, 1000],
    ['9,007,199,254,740,991', seed, Number.MAX_SAFE_INTEGER],
  ])('%j is taken', (text, limits, value) => expect(readNumber(text, limits)).toEqual({ value }));

  it.each([
    ['2.1', temperature, 'A number from 0 to 2.'],
    ['-1', temperature, 'A number from 0 to 2.'],
    ['warm', temperature, 'A number from 0 to 2.'],
    ['1e0', temperature, 'A number from 0 to 2.'],
    ['0x1', temperature, 'A number from 0 to 2.'],
    ['1.5', topK, 'A whole number from 0 to 1,000.'],
    ['9007199254740993', seed, 'A whole number from 0 to 9,007,199,254,740,991.'],
  ])('%j is not, and it says why', (text, limits, problem) => expect(readNumber(text, limits)).toEqual({ problem }));

  it('may be left out', () => expect(readNumber(' ', temperature)).toEqual({ value: undefined }));

  it.each(['en', 'de'] as const)('is read again as it was written, in %s', (language) => {
    setLanguage(language);
    const numbers = fc.integer({ min: -2000, max: 2000 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(numbers, (value) => {
        const read = readNumber(writeNumber(value), frequencyPenalty);
        expect('value' in read && read.value === value).toBe(true);
      }),
    );
    expect(writeNumber(0.5)).toBe(language === 'de' ? '0,5' : '0.5');
  });
});
