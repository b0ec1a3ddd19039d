import type { PresetName } from '../types.js';

/** What a configuration was found to keep and to cost. */
export interface Judgement {
  /** Σ cached tokens / (layers · tokens seen). */
  keptFraction: number;
  /** KL(full ‖ compressed), nats, over the windows measured. */
  meanKl: number;
  /** Left off after few windows, because its KL was hopeless. */
  stoppedEarly: boolean;
  /** Share of right answers less than with the full cache, the worse of ask and later; null: not asked. */
  retrievalLoss: number | null;
}

/** What a preset is to be: the fewest tokens within limits of loss, or the smallest loss within a limit of tokens. */
export type Goal = { preset: PresetName } & (
  | { least: 'kept'; maxKl: number; maxRetrievalLoss: number }
  | { least: 'kl'; maxKept: number }
);

/** As "Presets" of the design has them. */
export const GOALS: readonly Goal[] = [
  { preset: 'faithful', least: 'kept', maxKl: 0.0045, maxRetrievalLoss: 0 },
  { preset: 'balanced', least: 'kept', maxKl: 0.006, maxRetrievalLoss: 0.05 },
  { preset: 'compact', least: 'kl', maxKept: 0.46 },
];

/** Above this no goal asks for retrieval: the limit on KL is exceeded anyway. */
export const RETRIEVAL_KL = Math.max(...GOALS.map((goal) => (goal.least === 'kept' ? goal.maxKl : 0)));

/** With so many times the KL that is asked for, a few windows are enough to give a configuration up. */
const HOPELESS = 2;

/** By how much a configuration misses the goal's limits; 0: it holds them. */
export function violation(goal: Goal, { keptFraction, meanKl, retrievalLoss }: Judgement): number {
  if (goal.least === 'kl') return Math.max(0, keptFraction / goal.maxKept - 1);
  const beyondKl = Math.max(0, meanKl / goal.maxKl - 1);
  return beyondKl + Math.max(0, (retrievalLoss ?? 0) - goal.maxRetrievalLoss);
}

/** Limits come first; among those that hold them, what the goal wants least of. */
export function isBetter(goal: Goal, one: Judgement, other: Judgement): boolean {
  const difference = violation(goal, one) - violation(goal, other);
  if (difference !== 0) return difference < 0;
  return goal.least === 'kept' ? one.keptFraction < other.keptFraction : one.meanKl < other.meanKl;
}

/** KL beyond which a configuration cannot be better than `best`. */
export function hopelessKl(goal: Goal, best: Judgement | null): number {
  if (goal.least === 'kept')
    return HOPELESS * Math.max(goal.maxKl, best && violation(goal, best) > 0 ? best.meanKl : 0);
  return best ? HOPELESS * best.meanKl : Number.POSITIVE_INFINITY;
}
