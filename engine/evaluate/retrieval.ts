import type { CompressionConfig } from '../kv/compression-config.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { type RandomSource, seededRandom } from '../sampling/random.js';
import type { RetrievalMeasurement } from '../types.js';
import { bootstrapInterval, mean } from './bootstrap.js';
import type { Compacting } from './compacting.js';
import { type AnsweredCase, Interview } from './interview.js';
import { FULL_CACHE, withMemories } from './memories.js';
import type { RetrievalCase } from './retrieval-cases.js';

export type RetrievalMode = RetrievalMeasurement['mode'];

/** Right answers under a compression and with the full float32 cache, on the same cases. */
export interface RetrievalResult {
  mode: RetrievalMode;
  /** Questions, and the texts that they are about. */
  n: number;
  cases: number;
  /** Share of right answers. */
  accuracy: number;
  fullAccuracy: number;
  /** 95 % interval of accuracy − fullAccuracy, by bootstrap over cases. */
  differenceCi: [lower: number, upper: number];
  /** By the turn in which the question was asked, the first turn being 1. */
  byTurn: { turn: number; n: number; accuracy: number; fullAccuracy: number }[];
  /** Σ cached tokens / (layers · tokens seen) when the questions had been read, averaged over them. */
  keptFraction: number;
}

export interface RetrievalOptions {
  mode: RetrievalMode;
  /** What is done to every compressed memory between a text and the questions of later turns. */
  compacting?: Compacting;
  signal?: AbortSignal;
}

/** A case as the full cache answers it, and as each compression does. */
export interface CaseOutcome {
  full: AnsweredCase;
  compressed: AnsweredCase[];
}

/**
 * Asks every question with the full cache and under every compression.
 * @yields one outcome a case
 * @throws EngineError CASES_INVALID for a case that the context cannot hold; the signal's reason
 */
export async function* measureRetrieval(
  runtime: Runtime,
  configs: readonly CompressionConfig[],
  cases: readonly RetrievalCase[],
  { mode, compacting, signal }: RetrievalOptions,
): AsyncGenerator<CaseOutcome, void, void> {
  yield* withMemories(runtime, [FULL_CACHE, ...configs], async function* (memories) {
    const interviews = memories.map((memory, i) =>
      i === 0
        ? new Interview(runtime, memory, { mode, exact: true })
        : new Interview(runtime, memory, { mode, exact: false, compacting }),
    );
    for (const [index, asked] of cases.entries()) {
      const answered: AnsweredCase[] = [];
      for (const interview of interviews) answered.push(await interview.hold(asked, index + 1, signal));
      const [full, ...compressed] = answered;
      yield { full, compressed };
    }
  });
}

/** @param full, compressed answers to the same cases, case by case; at least one */
export function summarizeRetrieval(
  mode: RetrievalMode,
  full: readonly AnsweredCase[],
  compressed: readonly AnsweredCase[],
  random: RandomSource = seededRandom(0),
): RetrievalResult {
  const pairs = compressed.flatMap((answers, i) =>
    answers.map((answer, j) => ({ ...answer, fullRight: full[i][j].right })),
  );
  const shares = (of: typeof pairs) => ({
    n: of.length,
    accuracy: mean(of.map(({ right }) => Number(right))),
    fullAccuracy: mean(of.map(({ fullRight }) => Number(fullRight))),
  });
  const turns = [...new Set(pairs.map(({ turn }) => turn))].sort((a, b) => a - b);
  const differences = compressed.map((answers, i) => shareRight(answers) - shareRight(full[i]));
  return {
    mode,
    cases: compressed.length,
    ...shares(pairs),
    differenceCi: bootstrapInterval(differences, random),
    byTurn: turns.map((turn) => ({ turn, ...shares(pairs.filter((pair) => pair.turn === turn)) })),
    keptFraction: mean(pairs.map(({ keptFraction }) => keptFraction)),
  };
}

function shareRight(answers: AnsweredCase): number {
  return mean(answers.map(({ right }) => Number(right)));
}
