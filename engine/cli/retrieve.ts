import { compactingTo } from '../evaluate/compacting.js';
import type { AnsweredCase } from '../evaluate/interview.js';
import {
  measureRetrieval,
  type RetrievalMode,
  type RetrievalResult,
  summarizeRetrieval,
} from '../evaluate/retrieval.js';
import { parseRetrievalCases, type RetrievalCase } from '../evaluate/retrieval-cases.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import type { Runtime } from '../runtime/load-runtime.js';
import {
  COMPACT_OPTION,
  COMPRESSION_OPTIONS,
  type CompressionSource,
  compactShare,
  compressionOf,
  compressionSource,
} from './compression-option.js';
import { printReport } from './report.js';
import { StoppedError } from './stopped-error.js';
import { readTextFile } from './text-file.js';
import { parseOptions, UsageError } from './usage-error.js';
import { MODEL_OPTIONS, modelChoice, progress, withRuntime } from './with-runtime.js';

interface RetrieveArguments {
  cases: RetrievalCase[];
  mode: RetrievalMode;
  source: CompressionSource;
  compact: number | null;
  json: boolean;
}

/** Prints how many questions about texts are answered right under a compression, and with the full cache. */
export async function retrieve(args: string[]): Promise<void> {
  const values = parseOptions(args, {
    ...MODEL_OPTIONS,
    ...COMPRESSION_OPTIONS,
    cases: { type: 'string' },
    mode: { type: 'string' },
    ...COMPACT_OPTION,
    json: { type: 'boolean', default: false },
  });
  const { cases: file, mode = 'ask', json } = values;
  if (file === undefined) throw new UsageError('--cases is needed: a file of cases, as the command cases writes it.');
  if (mode !== 'ask' && mode !== 'later') throw new UsageError(`--mode is ask or later, not ${JSON.stringify(mode)}.`);
  const compact = compactShare(values.compact);
  if (compact !== null && mode === 'ask') {
    throw new UsageError('--compact is for --mode later: what is asked at once is answered before there is idle time.');
  }
  const source = compressionSource(values);
  const choice = modelChoice(values);
  const cases = parseRetrievalCases(await readTextFile(file, 'CASES_INVALID'), file);
  await withRuntime(choice, (runtime, signal) => retrieveWith(runtime, { cases, mode, source, compact, json }, signal));
}

async function retrieveWith(runtime: Runtime, options: RetrieveArguments, signal: AbortSignal): Promise<void> {
  const { cases, mode, compact } = options;
  const compacting = compact === null ? undefined : compactingTo(compact, runtime.tokenizer);
  const config = await compressionOf(options.source, runtime);
  const full: AnsweredCase[] = [];
  const compressed: AnsweredCase[] = [];
  try {
    for await (const outcome of measureRetrieval(runtime, [config], cases, { mode, compacting, signal })) {
      full.push(outcome.full);
      compressed.push(...outcome.compressed);
      const right = outcome.compressed[0].filter((answer) => answer.right).length;
      progress(`Case ${full.length} of ${cases.length}: ${right} of ${outcome.full.length} right`);
    }
  } catch (thrown) {
    if (!signal.aborted || full.length === 0) throw thrown;
  }
  print(runtime, options, config, summarizeRetrieval(mode, full, compressed));
  if (signal.aborted) throw new StoppedError(`Stopped after ${full.length} of ${cases.length} cases.`);
}

function print(
  { model }: Runtime,
  { source, compact, json }: RetrieveArguments,
  config: CompressionConfig,
  result: RetrievalResult,
): void {
  const { name, hash } = model.info;
  const preset = 'preset' in source ? source.preset : null;
  const { precision } = model;
  const report = {
    ...result,
    model: name,
    modelHash: hash,
    precision,
    preset,
    compression: config,
    compactedTo: compact,
  };
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printReport(describe(result));
}

function describe({ n, cases, accuracy, fullAccuracy, differenceCi, byTurn, keptFraction }: RetrievalResult) {
  const share = (value: number) => value.toFixed(3);
  const rows: [string, string][] = [
    ['Questions', `${n} about ${cases} texts`],
    ['Right', `${share(accuracy)}; full cache ${share(fullAccuracy)}`],
    ['Difference', `${share(accuracy - fullAccuracy)} (95 %: ${differenceCi.map(share).join(' … ')})`],
    ['Tokens kept', `${(100 * keptFraction).toFixed(1)} %`],
  ];
  for (const turn of byTurn) {
    rows.push([`Turn ${turn.turn}`, `${share(turn.accuracy)}; full cache ${share(turn.fullAccuracy)} (${turn.n})`]);
  }
  return rows;
}
