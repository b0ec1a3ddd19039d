import { describe, expect, it } from 'vitest';
import type { KvStats } from '../../../engine/types.js';
import { layerOf } from '../fixtures/kv.js';
import { type ComparedSide, type Comparison, plannedComparison } from '../store/comparison.js';
import type { AnswerFigures } from '../store/state.js';
import { comparisonMs, comparisonRows } from './comparison-figures.js';

function kvOf(bytesInUse: number, fullFp16Bytes: number): KvStats {
  return {
    tokensSeen: 100,
    contextLength: 1000,
    bytesInUse,
    bytesAllocated: bytesInUse,
    fullFp16Bytes,
    keptFraction: 1,
    dtype: 'int8',
    compression: { preset: 'compact' },
    budgetBytes: null,
    reading: false,
    drops: 0,
    generatedTokens: 0,
    layers: [layerOf({ context: 100 })],
  };
}

function figuresOf(completionTokens: number, firstTokenMs: number, decodeMsPerToken: number): AnswerFigures {
  const timings = { prefillMs: 1, firstTokenMs, decodeMsPerToken };
  return { promptTokens: 1925, reusedTokens: 0, completionTokens, seed: 42, timings };
}

const planned = plannedComparison('c', { chatId: 'x', answerId: 'a', compression: { preset: 'compact' } });

function written(side: ComparedSide, figures: AnswerFigures, kv: KvStats): ComparedSide {
  return { ...side, text: 'x', state: { phase: 'done', stopReason: 'endToken', figures }, kv };
}

const compared: Comparison = {
  ...planned,
  sides: {
    full: written(planned.sides.full, figuresOf(259, 1920, 1000 / 76), kvOf(100.64e6, 50.32e6)),
    compressed: written(planned.sides.compressed, figuresOf(246, 1610, 1000 / 91), kvOf(11.88e6, 50.02e6)),
  },
  divergence: { sameTokens: 43, sameLength: 150 },
  state: { phase: 'done', agreement: { places: 246, agreeing: 240 } },
};

const cells = (comparison: Comparison) =>
  comparisonRows(comparison).map(({ full, compressed, difference, remark }) => [
    full,
    compressed,
    remark ?? difference,
  ]);

describe('the table of a comparison', () => {
  it('sets both sides beside each other; differences are those of the figures shown', () => {
    expect(cells(compared)).toEqual([
      ['100.6 MB', '11.9 MB', 'B takes 11.8 % of A'],
      ['50.3 MB', '50.0 MB', 'B takes 23.8 % of it'],
      ['1.92 s', '1.61 s', '−0.31 s'],
      ['76 tok/s', '91 tok/s', '+15 tok/s'],
      ['259 tokens', '246 tokens', '−13 tokens'],
      ['43', '43', 'one run, not a measure'],
      ['–', '240 of 246', '97.6 %'],
    ]);
  });

  it('writes both figures in the unit of the larger one', () => {
    const { full, compressed } = compared.sides;
    const quick = written(compressed, figuresOf(1, 480, 5), kvOf(800_000, 3e6));
    const [memory, , first] = cells({ ...compared, sides: { full, compressed: quick } });
    expect(memory).toEqual(['100.6 MB', '0.8 MB', 'B takes 0.8 % of A']);
    expect(first).toEqual(['1.92 s', '0.48 s', '−1.44 s']);
  });

  it('has dashes for what is not there yet', () => {
    const running: Comparison = {
      ...compared,
      sides: { ...compared.sides, compressed: planned.sides.compressed },
      divergence: undefined,
      state: { phase: 'running', checking: null, stopRequested: false },
    };
    const rows = cells(running);
    expect(rows[0]).toEqual(['100.6 MB', '–', '–']);
    expect(rows[5]).toEqual(['–', '–', 'one run, not a measure']);
    expect(rows[6]).toEqual(['–', '–', '–']);
  });

  it('says how far the check is, and when nothing differs', () => {
    const checking = { phase: 'running', checking: { places: 20, total: 246 }, stopRequested: false } as const;
    expect(cells({ ...compared, state: checking })[6]).toEqual(['–', '20 of 246 checked', '–']);
    expect(cells({ ...compared, divergence: null })[5].slice(0, 2)).toEqual(['all', 'all']);
  });
});

describe('the time of a comparison', () => {
  const forecast = { promptTokens: 100, replyTokens: 50, kvBytes: { full: 1, compressed: 1 }, firstTokenMs: 400 };

  it('is two readings and three times the writing', () => {
    expect(comparisonMs(forecast, figuresOf(50, 999, 10))).toBe(2 * 400 + 3 * 50 * 10);
  });

  it('goes by the answer’s own reading where nothing else is known, unless it reused some', () => {
    const unknown = { ...forecast, firstTokenMs: null };
    expect(comparisonMs(unknown, figuresOf(50, 300, 10))).toBe(2 * 300 + 1500);
    expect(comparisonMs(unknown, { ...figuresOf(50, 300, 10), reusedTokens: 20 })).toBeNull();
  });
});
