import type {
  ChatCompression,
  PresetInfo,
  PresetMeasurement,
  PresetName,
  RetrievalMeasurement,
} from '../../../engine/types.js';
import { formatBytes, formatCount, formatPercent } from '../format.js';

/** In the order of what they keep. */
export const PRESET_TITLES: Readonly<Record<PresetName, string>> = {
  off: 'Off',
  faithful: 'Faithful',
  balanced: 'Balanced',
  compact: 'Compact',
  paper: 'Paper',
};

/** The length of prompt, tokens, whose measurement stands for all. */
const USUAL_PREFIX = 2048;
/** With nothing dropped K and V are float32: 4 bytes a value instead of the 2 of fp16. */
const OFF_BYTES_SHARE = 2;

export function choiceTitle(choice: ChatCompression): string {
  if ('preset' in choice) return PRESET_TITLES[choice.preset];
  return 'config' in choice ? choice.config.policy.name : `Memory budget ${formatBytes(choice.budgetBytes)}`;
}

/** Of configurations, which no control here offers, none is the same as a choice. */
export function isSameChoice(a: ChatCompression, b: ChatCompression): boolean {
  if ('preset' in a) return 'preset' in b && a.preset === b.preset;
  return 'budgetBytes' in a && 'budgetBytes' in b && a.budgetBytes === b.budgetBytes;
}

/** The measurement at the length of prompt nearest to the usual one. */
export function usualMeasurement({ measured }: PresetInfo): PresetMeasurement | null {
  const distance = ({ prefixTokens }: PresetMeasurement) => Math.abs(prefixTokens - USUAL_PREFIX);
  const [nearest] = (measured?.continuation ?? []).toSorted((a, b) => distance(a) - distance(b));
  return nearest ?? null;
}

/** Bytes of K and V, of those of a full fp16 cache; null where it was not measured. */
export function bytesShare(info: PresetInfo): number | null {
  return info.name === 'off' ? OFF_BYTES_SHARE : (usualMeasurement(info)?.bytesShare ?? null);
}

/** What a preset keeps. */
export function keptWords(info: PresetInfo): string {
  if (info.name === 'off') return 'Keeps all tokens, as float32: twice a full cache’s memory.';
  const usual = usualMeasurement(info);
  if (!usual) return 'Not measured for this model.';
  return `Keeps ${percent(usual.keptFraction)} of the tokens, ${percent(usual.bytesShare)} of a full cache’s memory.`;
}

/** What that was measured to cost; empty where it was not measured. */
export function costWords(info: PresetInfo): string {
  if (info.name === 'off') return 'Nothing is lost.';
  const usual = usualMeasurement(info);
  if (!usual) return '';
  const perplexity = `Perplexity ${signedPercent(usual.deltaPpl)}`;
  const questions = questionWords(info.measured?.retrieval ?? []);
  return questions ? `${perplexity}, ${questions}.` : `${perplexity}.`;
}

function questionWords(retrieval: readonly RetrievalMeasurement[]): string {
  const asked = retrieval.reduce((sum, { questions }) => sum + questions, 0);
  if (asked === 0) return '';
  const lost = retrieval.reduce((sum, each) => sum + lostQuestions(each), 0);
  return `${formatCount(lost)} of ${formatCount(asked)} questions lost`;
}

/** Questions that the full cache answers right, on balance, and this one does not. */
export function lostQuestions({ questions, accuracy, fullAccuracy }: RetrievalMeasurement): number {
  return Math.max(0, Math.round((fullAccuracy - accuracy) * questions));
}

/** .006 → +0.6 %, with a true minus sign. */
export function signedPercent(fraction: number): string {
  const size = percent(Math.abs(fraction), 1);
  if (Number.parseFloat(size) === 0) return `±${size}`;
  return `${fraction < 0 ? '−' : '+'}${size}`;
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

/** Bytes as they are typed: 20 or 20.5. */
export function writeMegabytes(bytes: number): string {
  return String(Math.round(bytes / 1e4) / 100);
}
