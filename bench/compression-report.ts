import { readFile } from 'node:fs/promises';
import type { RetrievalMode } from '../engine/evaluate/retrieval.js';
import type { Precision } from '../engine/types.js';
import type { CompressionRows } from './compression.js';
import type { Machine } from './machine.js';
import { table } from './report.js';

/** A run, as it is saved and merged with others. */
export interface CompressionRun extends CompressionRows {
  machine: Machine & { threads: number };
  /** YYYY-MM-DD */
  date: string;
  model: string;
  precision: Precision;
}

/** The rows of several runs, a later run's in place of an earlier one's; machine and date are the last run's. */
export async function readRuns(files: readonly string[]): Promise<CompressionRun> {
  const runs = await Promise.all(
    files.map(async (file): Promise<CompressionRun> => JSON.parse(await readFile(file, 'utf8'))),
  );
  return runs.reduce(mergeRuns);
}

export function mergeRuns(earlier: CompressionRun, later: CompressionRun): CompressionRun {
  const [one, other] = [earlier, later].map(({ model, precision }) => `${model} in precision ${precision}`);
  if (one !== other) throw new Error(`One run is of ${one}, another of ${other}.`);
  return {
    ...later,
    continuation: merged(earlier.continuation, later.continuation, ({ name, measured }) => {
      return `${measured.prefixTokens} ${name}`;
    }),
    retrieval: merged(earlier.retrieval, later.retrieval, ({ name, caseTokens, measured }) => {
      return `${caseTokens} ${measured.mode} ${name}`;
    }),
  };
}

function merged<Row>(earlier: readonly Row[], later: readonly Row[], key: (row: Row) => string): Row[] {
  const byKey = new Map(earlier.map((row) => [key(row), row]));
  for (const row of later) byKey.set(key(row), row);
  return [...byKey.values()];
}

/** A table for each length of prompt, then one for each length of text that was asked about. */
export function compressionMarkdown({ continuation, retrieval }: Omit<CompressionRows, 'versions'>): string {
  const lengths = sortedNumbers(continuation.map(({ measured }) => measured.prefixTokens));
  const texts = sortedNumbers(retrieval.map(({ caseTokens }) => caseTokens));
  return [
    ...lengths.map((length) =>
      continuationTable(continuation.filter(({ measured }) => measured.prefixTokens === length)),
    ),
    ...texts.map((tokens) => retrievalTable(retrieval.filter(({ caseTokens }) => caseTokens === tokens))),
  ].join('\n\n');
}

function continuationTable(rows: CompressionRows['continuation']): string {
  const { prefixTokens, continuationTokens } = rows[0].measured;
  const windows = sortedNumbers(rows.map(({ measured }) => measured.windows)).join(' or ');
  const title = `${prefixTokens} tokens compressed, ${continuationTokens} behind them, ${windows} windows:`;
  const head = ['', 'tokens kept', 'KV bytes of full fp16', 'ΔPPL (95 %)', 'KL (95 %)', 'same likeliest'];
  const cells = rows.map(({ name, measured }) => [
    name,
    measured.keptFraction.toFixed(3),
    percent(measured.kvBytes / measured.fullFp16Bytes, 1),
    `${signed(measured.deltaPpl)} (${measured.deltaPplCi.map(signed).join(' … ')})`,
    `${measured.meanKl.toFixed(4)} (${measured.meanKlCi.map((kl) => kl.toFixed(4)).join(' … ')})`,
    percent(measured.top1Agreement, 1),
    measured.computeFraction.toFixed(3),
  ]);
  return `${title}\n\n${table([...head, 'rows computed'], cells)}`;
}

function retrievalTable(rows: CompressionRows['retrieval']): string {
  const names = [...new Set(rows.map(({ name }) => name))];
  const of = (name: string, mode: RetrievalMode) =>
    rows.find((row) => row.name === name && row.measured.mode === mode)?.measured;
  const cells = names.map((name) => {
    const modes = [of(name, 'ask'), of(name, 'later')].map((found) => {
      if (!found) return ['', ''];
      const { accuracy, fullAccuracy, differenceCi } = found;
      const difference = `${points(accuracy - fullAccuracy)} (${differenceCi.map(points).join(' … ')})`;
      return [accuracy.toFixed(2), difference];
    });
    return [name, ...modes.flat()];
  });
  const fullOf = (mode: RetrievalMode) => rows.find(({ measured }) => measured.mode === mode)?.measured;
  const full = (mode: RetrievalMode) => fullOf(mode)?.fullAccuracy.toFixed(2) ?? '';
  const { caseTokens, measured } = rows[0];
  const title = `${measured.n} questions about ${measured.cases} texts of ${caseTokens} tokens:`;
  const head = ['', 'ask', 'less than full (95 %)', 'later', 'less than full (95 %)'];
  return `${title}\n\n${table(head, [['full, float32', full('ask'), '', full('later'), ''], ...cells])}`;
}

function sortedNumbers(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share), 2)}`;
}

function points(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(2)}`;
}
