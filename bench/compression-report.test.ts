import { expect, test } from 'vitest';
import type { CompressionRows } from './compression.js';
import { type CompressionRun, compressionMarkdown, mergeRuns } from './compression-report.js';

type Continuation = CompressionRows['continuation'][number];
type Retrieval = CompressionRows['retrieval'][number];

const continuation = (name: string, prefixTokens: number, meanKl: number): Continuation => ({
  name,
  measured: {
    windows: 24,
    prefixTokens,
    continuationTokens: 256,
    generationEviction: false,
    ppl: 20.1,
    fullPpl: 20,
    deltaPpl: 0.005,
    deltaPplCi: [-0.001, 0.011],
    meanKl,
    meanKlCi: [meanKl / 2, meanKl * 2],
    top1Agreement: 0.975,
    keptFraction: 0.867,
    finalKeptFraction: 0.87,
    computeFraction: 0.84,
    kvBytes: 44,
    bytesAllocated: 50,
    fullFp16Bytes: 100,
    prefillMs: 90,
    fullPrefillMs: 100,
    compactMs: null,
  },
});

const retrieval = (name: string, mode: 'ask' | 'later', accuracy: number): Retrieval => ({
  name,
  caseTokens: 2000,
  measured: {
    mode,
    n: 104,
    cases: 26,
    accuracy,
    fullAccuracy: 0.6,
    differenceCi: [-0.1, 0.02],
    byTurn: [],
    keptFraction: 0.8,
  },
});

const run = (rows: Omit<CompressionRows, 'versions'>): CompressionRun => ({
  machine: {
    processor: 'any',
    cores: 2,
    features: null,
    memoryBytes: 1,
    system: 'any',
    node: '20',
    loadAverage: [0, 0, 0],
    busyShare: 0,
    threads: 2,
  },
  date: '2026-11-25',
  model: 'm.gguf',
  precision: 'float32',
  versions: {},
  ...rows,
});

test('a table for each length, and one of right answers beside the full cache', () => {
  const markdown = compressionMarkdown({
    continuation: [continuation('faithful', 2048, 0.003), continuation('faithful', 512, 0.01)],
    retrieval: [
      retrieval('faithful', 'ask', 0.58),
      retrieval('faithful', 'later', 0.61),
      retrieval('paper', 'ask', 0.4),
    ],
  });
  expect(markdown.indexOf('512 tokens compressed')).toBeLessThan(markdown.indexOf('2048 tokens compressed'));
  expect(markdown).toContain(
    '| faithful | 0.867 | 44.0 % | +0.50 % (−0.10 % … +1.10 %) | 0.0030 (0.0015 … 0.0060) | 97.5 % | 0.840 |',
  );
  expect(markdown).toContain('104 questions about 26 texts of 2000 tokens:');
  expect(markdown).toContain('| full, float32 | 0.60 |  | 0.60 |  |');
  expect(markdown).toContain('| faithful | 0.58 | −0.02 (−0.10 … +0.02) | 0.61 | +0.01 (−0.10 … +0.02) |');
  expect(markdown).toContain('| paper | 0.40 | −0.20 (−0.10 … +0.02) |  |  |');
});

test('runs are merged row by row, the later in place of the earlier', () => {
  const first = run({ continuation: [continuation('a', 512, 1), continuation('b', 512, 2)], retrieval: [] });
  const second = run({ continuation: [continuation('a', 512, 3)], retrieval: [retrieval('a', 'ask', 0.5)] });
  const { continuation: rows, retrieval: answers } = mergeRuns(first, second);
  expect(rows.map(({ name, measured }) => [name, measured.meanKl])).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  expect(answers).toHaveLength(1);
  expect(() => mergeRuns(first, { ...second, model: 'other.gguf' })).toThrow('other.gguf');
  expect(() => mergeRuns(first, { ...second, precision: 'default' })).toThrow('precision default');
});
