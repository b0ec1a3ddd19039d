import type { ModelState } from '../../../electron/ipc/frames.js';
import type {
  ChatCompression,
  CompressionChoice,
  KvType,
  PresetInfo,
  PresetMeasurement,
  PresetName,
  RetrievalMeasurement,
} from '../../../engine/types.js';
import { currentLanguage } from '../../../locales/words.js';
import { formatBytes, formatCount, formatPercent } from '../format.js';
import { t } from '../words.js';
import { offShare, valueName } from './value-types.js';

/** What figures are told for: a text of so many tokens, K and V as they are kept. */
export interface MeasuredText {
  tokens: number;
  kvType: KvType;
}

/** In the order of what they keep. */
export const PRESETS = ['off', 'faithful', 'balanced', 'compact', 'paper'] as const satisfies PresetName[];

/** The same in every language, as files and commands have them; only Off has a word of its own. */
export function presetTitle(name: PresetName): string {
  return t(`memory.presets.${name}`);
}

export function choiceTitle(choice: ChatCompression): string {
  if ('preset' in choice) return presetTitle(choice.preset);
  if ('config' in choice) return choice.config.policy.name;
  return t('memory.compression.budgetOf', { bytes: formatBytes(choice.budgetBytes) });
}

/** Of configurations, which no control here offers, none is the same as a choice. */
export function isSameChoice(a: ChatCompression, b: ChatCompression): boolean {
  if ('preset' in a) return 'preset' in b && a.preset === b.preset;
  return 'budgetBytes' in a && 'budgetBytes' in b && a.budgetBytes === b.budgetBytes;
}

/** What was measured of prompts whose length is nearest to so many tokens. */
export function measurementFor({ measured }: PresetInfo, tokens: number): PresetMeasurement | null {
  const distance = ({ prefixTokens }: PresetMeasurement) => Math.abs(Math.log(prefixTokens / Math.max(1, tokens)));
  const [nearest] = (measured?.continuation ?? []).toSorted((a, b) => distance(a) - distance(b));
  return nearest ?? null;
}

/** Bytes of K and V, of those of the usual cache; null where it was not measured. */
export function bytesShare(info: PresetInfo, { tokens, kvType }: MeasuredText): number | null {
  if (info.name === 'off') return offShare(kvType);
  const row = measurementFor(info, tokens);
  return row && asKept(row.bytesShare, kvType);
}

/** A share of bytes that was measured with int8 values, with others. */
export function asKept(bytesShare: number, kvType: KvType): number {
  return (bytesShare * offShare(kvType)) / offShare('int8');
}

/** What a preset keeps of a text of so many tokens. */
export function keptWords(info: PresetInfo, { tokens, kvType }: MeasuredText): string {
  if (info.name === 'off') {
    return t('memory.compression.keepsAll', { values: valueName(kvType), memory: percent(offShare(kvType)) });
  }
  const row = measurementFor(info, tokens);
  if (!row) return t('memory.compression.notMeasured');
  return t('memory.compression.keeps', {
    tokens: percent(row.keptFraction),
    memory: percent(asKept(row.bytesShare, kvType)),
  });
}

/** What that was measured to cost; empty where it was not measured. */
export function costWords(info: PresetInfo, tokens: number): string {
  if (info.name === 'off') return t('memory.compression.nothingLost');
  const row = measurementFor(info, tokens);
  if (!row) return '';
  const answers = lostAnswers(info.measured?.retrieval ?? []);
  const guess = isNoPercent(row.deltaPpl) ? 'same' : row.deltaPpl > 0 ? 'harder' : 'easier';
  const size = percent(Math.abs(row.deltaPpl), 1);
  if (!answers) return t(`memory.compression.guesses.${guess}`, { size });
  const [lost, known] = [formatCount(answers.lost), formatCount(answers.known)];
  return t(`memory.compression.guessesAndAnswers.${guess}`, { size, lost, known });
}

/** Of the questions that the full cache answers right, those that are lost, on balance; null: none was asked. */
export function lostAnswers(retrieval: readonly RetrievalMeasurement[]): { lost: number; known: number } | null {
  const known = retrieval.reduce((sum, { questions, fullAccuracy }) => sum + Math.round(fullAccuracy * questions), 0);
  if (known === 0) return null;
  return { known, lost: retrieval.reduce((sum, each) => sum + lostQuestions(each), 0) };
}

/** Questions that the full cache answers right, on balance, and this one does not. */
export function lostQuestions({ questions, accuracy, fullAccuracy }: RetrievalMeasurement): number {
  return Math.max(0, Math.round((fullAccuracy - accuracy) * questions));
}

/** .006 → +0.6 %, with a true minus sign. */
export function signedPercent(fraction: number): string {
  const size = percent(Math.abs(fraction), 1);
  if (isNoPercent(fraction)) return `±${size}`;
  return `${fraction < 0 ? '−' : '+'}${size}`;
}

/** As it is written, with one digit behind the point. */
function isNoPercent(fraction: number): boolean {
  return Number((Math.abs(fraction) * 100).toFixed(1)) === 0;
}

/** With a space that does not break. */
function percent(fraction: number, digits = 0): string {
  return formatPercent(fraction, digits).replace(' ', '\u00a0');
}

/** "20" or "20.5 MB" in bytes; null where it is no amount of memory. */
export function parseMegabytes(text: string): number | null {
  const match = /^\s*(\d{1,7}(?:[.,]\d+)?)\s*(?:MB)?\s*$/i.exec(text);
  const bytes = match ? Math.round(Number(match[1].replace(',', '.')) * 1e6) : 0;
  return bytes > 0 ? bytes : null;
}

/** A budget that is surely no less, as it is written: in steps of 0.1 MB. */
export function roundedUp(bytes: number): number {
  return Math.ceil(bytes / 1e5) * 1e5;
}

/** The engine would refuse it. */
export function isTooSmall(choice: CompressionChoice, model: ModelState): boolean {
  return 'budgetBytes' in choice && model.state === 'ready' && choice.budgetBytes < model.leastBudgetBytes;
}

/** Bytes as they are typed: 20 or 20.5. */
export function writeMegabytes(bytes: number): string {
  return new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 2, useGrouping: false }).format(bytes / 1e6);
}
