import { afterEach, describe, expect, it } from 'vitest';
import type { KvType, PresetInfo, PresetMeasurement } from '../../../engine/types.js';
import { setLanguage } from '../../../locales/words.js';
import {
  bytesShare,
  choiceTitle,
  costWords,
  isSameChoice,
  keptWords,
  lostAnswers,
  lostQuestions,
  measurementFor,
  PRESETS,
  parseMegabytes,
  presetTitle,
  signedPercent,
  writeMegabytes,
} from './compression-words.js';

const measurement: PresetMeasurement = {
  prefixTokens: 2048,
  windows: 24,
  keptFraction: 0.867,
  bytesShare: 0.447,
  deltaPpl: 0.006,
  deltaPplCi: [0.003, 0.009],
  meanKl: 0.004,
  prefillRatio: 0.88,
};
const faithful: PresetInfo = {
  name: 'faithful',
  measured: {
    date: '2026-11-25',
    command: 'npm run -s cli -- calibrate',
    continuation: [
      { ...measurement, prefixTokens: 512, keptFraction: 0.9, bytesShare: 0.4, deltaPpl: 0.033 },
      measurement,
    ],
    retrieval: [
      { mode: 'ask', questions: 100, accuracy: 0.58, fullAccuracy: 0.58 },
      { mode: 'later', questions: 100, accuracy: 0.6, fullAccuracy: 0.62 },
    ],
  },
};
afterEach(() => setLanguage('en'));

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const of = (tokens: number, kvType: KvType = 'int8') => ({ tokens, kvType });

describe('what a preset costs, in words', () => {
  it('is told by what was measured nearest to the text’s length', () => {
    expect(measurementFor(faithful, 3000)?.prefixTokens).toBe(2048);
    expect(measurementFor(faithful, 700)?.prefixTokens).toBe(512);
    expect(plain(keptWords(faithful, of(2048)))).toBe('Keeps 87 % of the tokens in 45 % of the usual memory.');
    expect(plain(keptWords(faithful, of(300)))).toBe('Keeps 90 % of the tokens in 40 % of the usual memory.');
    expect(plain(costWords(faithful, 2048))).toBe('Next words 0.6 % harder to guess; 2 of 120 answers lost.');
    expect(plain(costWords(faithful, 300))).toMatch(/^Next words 3\.3 % harder/);
    expect(bytesShare(faithful, of(2048))).toBe(0.447);
  });

  it('says where nothing was measured, and leaves out what was not asked', () => {
    const unmeasured: PresetInfo = { name: 'compact', measured: null };
    expect(keptWords(unmeasured, of(2048))).toBe('Not measured for this model.');
    expect(costWords(unmeasured, 2048)).toBe('');
    expect(bytesShare(unmeasured, of(2048))).toBeNull();
    const unasked = (deltaPpl: number): PresetInfo => ({
      name: 'paper',
      measured: { date: '', command: '', continuation: [{ ...measurement, deltaPpl }], retrieval: [] },
    });
    expect(plain(costWords(unasked(-0.0012), 2048))).toBe('Next words 0.1 % easier to guess.');
    expect(plain(costWords(unasked(0.0001), 2048))).toBe('Next words as easy to guess.');
  });

  it('knows without a measurement what a full cache takes, in whatever values', () => {
    const off: PresetInfo = { name: 'off', measured: null };
    expect(bytesShare(off, of(2048))).toBe(0.5);
    expect(plain(keptWords(off, of(2048)))).toBe('Keeps every token, 8-bit: 50 % of the usual memory.');
    expect(bytesShare(off, of(2048, 'float16'))).toBe(1);
    expect(plain(keptWords(off, of(2048, 'float32')))).toBe('Keeps every token, 32-bit: 200 % of the usual memory.');
    expect(costWords(off, 2048)).toContain('Nothing is lost.');
  });

  it('counts bytes that were measured in 8 bits as what they are in others', () => {
    expect(bytesShare(faithful, of(2048, 'float16'))).toBeCloseTo(0.894);
    expect(plain(keptWords(faithful, of(2048, 'float16')))).toContain('in 89 % of the usual memory');
  });

  it('counts what is lost of what the full cache knows, whenever it was asked', () => {
    expect(lostAnswers(faithful.measured?.retrieval ?? [])).toEqual({ lost: 2, known: 120 });
    expect(lostAnswers([])).toBeNull();
  });

  it('counts no question as lost where the full cache does no better', () => {
    expect(lostQuestions({ mode: 'ask', questions: 50, accuracy: 0.7, fullAccuracy: 0.6 })).toBe(0);
    expect(lostQuestions({ mode: 'ask', questions: 50, accuracy: 0.44, fullAccuracy: 0.6 })).toBe(8);
  });

  it.each([
    [0.006, '+0.6 %'],
    [-0.0012, '−0.1 %'],
    [0.0001, '±0.0 %'],
    [-0.0001, '±0.0 %'],
  ])('writes %d as %s', (fraction, words) => {
    expect(plain(signedPercent(fraction))).toBe(words);
  });

  it('tells small figures from none in German too', () => {
    setLanguage('de');
    expect(plain(signedPercent(0.006))).toBe('+0,6 %');
    expect(plain(costWords(faithful, 2048))).toBe(
      'Nächste Wörter 0,6 % schwerer zu erraten; 2 von 120 Antworten verloren.',
    );
  });
});

describe('a choice', () => {
  it('has a title for every preset, in their order, and for a budget', () => {
    expect(PRESETS.map(presetTitle)).toEqual(['Off', 'Faithful', 'Balanced', 'Compact', 'Paper']);
    expect(choiceTitle({ preset: 'compact' })).toBe('Compact');
    expect(choiceTitle({ budgetBytes: 20e6 })).toBe('Memory budget 20.0 MB');
  });

  it('is the same as another by what it says', () => {
    expect(isSameChoice({ preset: 'off' }, { preset: 'off' })).toBe(true);
    expect(isSameChoice({ preset: 'off' }, { preset: 'paper' })).toBe(false);
    expect(isSameChoice({ budgetBytes: 5 }, { budgetBytes: 5 })).toBe(true);
    expect(isSameChoice({ budgetBytes: 5 }, { budgetBytes: 6 })).toBe(false);
    expect(isSameChoice({ budgetBytes: 5 }, { preset: 'off' })).toBe(false);
    expect(isSameChoice({ preset: 'off' }, { budgetBytes: 5 })).toBe(false);
  });
});

describe('a budget', () => {
  it.each([
    ['20', 20e6],
    [' 20.5 MB ', 20.5e6],
    ['3,2mb', 3.2e6],
    ['0', null],
    ['', null],
    ['-4', null],
    ['lots', null],
    ['1e9', null],
    ['99999999', null],
  ])('is read from %j', (text, bytes) => {
    expect(parseMegabytes(text)).toBe(bytes);
  });

  it('is written as it is typed', () => {
    expect(writeMegabytes(20e6)).toBe('20');
    expect(writeMegabytes(3_250_001)).toBe('3.25');
    expect(writeMegabytes(1234.5e6)).toBe('1234.5');
  });

  it('is written and read in German with a comma', () => {
    setLanguage('de');
    expect(writeMegabytes(3_250_001)).toBe('3,25');
    expect(parseMegabytes(writeMegabytes(1234.5e6))).toBe(1234.5e6);
  });
});
