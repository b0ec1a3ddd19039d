import type { CompressionChoice, PresetInfo, PresetMeasurement, PresetName } from '../../../engine/types.js';
import { asKept, lostAnswers, type MeasuredText, roundedUp } from './compression-words.js';

/** What a preset was measured to take and to cost. */
export interface TradePoint {
  preset: PresetName;
  /** K and V, for the text that the axis is for. */
  bytes: number;
  /** KL(full ‖ compressed) of the next-token distributions, nats. */
  kl: number;
  /** Of the questions that the full cache answers right, the share lost on balance; null: not measured. */
  lost: number | null;
}

/** Memory against what it costs: the axis of the slider and the curve under it. */
export interface TradeOff {
  /** From the smallest memory to the largest. */
  points: readonly TradePoint[];
  /** The text that bytes are for, tokens. */
  tokens: number;
  /** Length of the prompts that were measured, tokens: the nearest to `tokens`. */
  prefixTokens: number;
  /** A smaller budget is refused. */
  leastBudgetBytes: number;
  /** End of the axis. */
  maxBytes: number;
}

/** The axis goes so far beyond the largest measured point. */
const BEYOND = 1.12;
/** Of the axis: a thumb so near to a preset means the preset. */
const SNAP = 0.02;

/** @param text `fullBytes`: of the usual cache; @returns null: nothing was measured for this model */
export function tradeOff(
  presets: readonly PresetInfo[],
  { tokens, kvType, fullBytes }: MeasuredText & { fullBytes: number },
  leastBudgetBytes: number,
): TradeOff | null {
  const lengths = new Set(presets.flatMap(({ measured }) => (measured?.continuation ?? []).map(lengthOf)));
  const [prefixTokens] = [...lengths].toSorted((a, b) => distance(a, tokens) - distance(b, tokens));
  if (prefixTokens === undefined) return null;
  const points = presets.flatMap(({ name, measured }): TradePoint[] => {
    const row = measured?.continuation.find((one) => lengthOf(one) === prefixTokens);
    const answers = lostAnswers(measured?.retrieval ?? []);
    if (!row) return [];
    const lost = answers && answers.lost / answers.known;
    return [{ preset: name, bytes: asKept(row.bytesShare, kvType) * fullBytes, kl: row.meanKl, lost }];
  });
  const ascending = points.toSorted((a, b) => a.bytes - b.bytes);
  const maxBytes = Math.max(...ascending.map(bytesOf)) * BEYOND;
  return { points: ascending, tokens, prefixTokens, leastBudgetBytes, maxBytes };
}

const lengthOf = ({ prefixTokens }: PresetMeasurement) => prefixTokens;
const bytesOf = ({ bytes }: TradePoint) => bytes;
const distance = (a: number, b: number) => Math.abs(Math.log(a / Math.max(1, b)));

/** Where the thumb stands for a choice. Off is beyond what was measured: at the end. */
export function bytesOfChoice({ points, maxBytes }: TradeOff, choice: CompressionChoice): number {
  const bytes =
    'preset' in choice
      ? points.find(({ preset }) => preset === choice.preset)?.bytes
      : Math.min(choice.budgetBytes, maxBytes);
  return bytes ?? maxBytes;
}

/** What a place of the thumb chooses: the preset there, or a budget in steps of 0.1 MB, of those that are accepted. */
export function choiceAt({ points, leastBudgetBytes, maxBytes }: TradeOff, bytes: number): CompressionChoice {
  const away = (to: number) => Math.abs(to - bytes);
  const [nearest] = points.toSorted((a, b) => away(a.bytes) - away(b.bytes));
  const least = roundedUp(leastBudgetBytes);
  // On the axis of a short text, presets may take less than any budget.
  const isBudget = bytes >= least || (least <= maxBytes && away(least) < away(nearest.bytes));
  if (!isBudget || away(nearest.bytes) <= SNAP * maxBytes) return { preset: nearest.preset };
  return { budgetBytes: Math.max(least, Math.round(bytes / 1e5) * 1e5) };
}

/** What a choice was measured to cost on such a text. A budget takes the mildest of our presets that fits. */
export function pointOf({ points }: TradeOff, choice: CompressionChoice): TradePoint | null {
  if ('preset' in choice) return points.find(({ preset }) => preset === choice.preset) ?? null;
  return points.findLast(({ preset, bytes }) => preset !== 'paper' && bytes <= choice.budgetBytes) ?? null;
}
