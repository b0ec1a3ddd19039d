import { table } from './report.js';
import type { ThroughputResult } from './throughput.js';

/** A row for each preset, beside `off`, the full cache. */
export function throughputMarkdown({ rows, ...of }: Omit<ThroughputResult, 'versions'>): string {
  const { budgetBytes, wholeSequences, promptTokens, answerTokens, rounds } = of;
  const full = rows.find(({ preset }) => preset === 'off');
  const beside = (value: number, of: number | undefined) =>
    of === undefined ? value.toFixed(1) : `${value.toFixed(1)}, ${(value / of).toFixed(2)}×`;
  const title =
    `${(budgetBytes / 1e6).toFixed(1)} MB of K/V, what ${Number(wholeSequences.toFixed(1))} whole sequences of ` +
    `${promptTokens} + ${answerTokens} tokens take in fp16; ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}:`;
  const head = [
    '',
    'K/V of a sequence',
    'sequences',
    'one alone, tokens/s',
    'all together, tokens/s',
    'with reading, tokens/s',
  ];
  const cells = rows.map(({ preset, sequenceBytes, sequences, alone, together, whole }) => [
    preset,
    `${(sequenceBytes / 1e6).toFixed(1)} MB`,
    String(sequences),
    alone.toFixed(1),
    beside(together, full?.together),
    beside(whole, full?.whole),
  ]);
  return `${title}\n\n${table(head, cells)}`;
}
