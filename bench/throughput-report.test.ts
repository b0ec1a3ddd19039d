import { expect, test } from 'vitest';
import { throughputMarkdown } from './throughput-report.js';

test('a row says what fits, and what all get of what the full cache gets', () => {
  const off = { preset: 'off', sequenceBytes: 8.86e6, sequences: 15, alone: 100, together: 300, whole: 200 } as const;
  const compact = {
    preset: 'compact',
    sequenceBytes: 4.4e6,
    sequences: 32,
    alone: 110,
    together: 450,
    whole: 210,
  } as const;
  const text = throughputMarkdown({
    ...{ budgetBytes: 141_557_760, wholeSequences: 8, promptTokens: 512, answerTokens: 256, rounds: 3 },
    rows: [off, compact],
  });
  expect(text).toContain(
    '141.6 MB of K/V, what 8 whole sequences of 512 + 256 tokens take in fp16; medians of 3 rounds:',
  );
  expect(text).toContain('| off | 8.9 MB | 15 | 100.0 | 300.0, 1.00× | 200.0, 1.00× |');
  expect(text).toContain('| compact | 4.4 MB | 32 | 110.0 | 450.0, 1.50× | 210.0, 1.05× |');
});
