import type { NumberLimits } from '../../../electron/ipc/chat-limits.js';
import { formatCount, formatNumber } from '../format.js';
import { t } from '../words.js';

/** A number as it is typed: without separators between its digits, with the language's sign before its fraction. */
export function writeNumber(value: number): string {
  return String(value).replace('.', formatNumber(0.5, 1).charAt(1));
}

/** What was typed: a number, nothing, or why it is neither. */
export function readNumber(text: string, limits: NumberLimits): { value: number | undefined } | { problem: string } {
  const written = (limits.isWhole ? withoutSeparators(text.trim()) : text.trim().replace(',', '.')).replace('−', '-');
  if (written === '') return { value: undefined };
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(written) ? Number(written) : Number.NaN;
  const { min, max, isWhole } = limits;
  const fits = value >= min && value <= max && (!isWhole || Number.isInteger(value));
  return fits ? { value } : { problem: rangeWords(limits) };
}

/** 1,000 and 1.000 are a thousand where no fraction is taken: the limits beside the field are written so. */
function withoutSeparators(text: string): string {
  return /^\d{1,3}([.,\s]\d{3})+$/.test(text) ? text.replace(/\D/g, '') : text;
}

export function rangeWords({ min, max, isWhole }: NumberLimits): string {
  const range = {
    min: isWhole ? formatCount(min) : writeNumber(min),
    max: isWhole ? formatCount(max) : writeNumber(max),
  };
  return isWhole ? t('assistants.sampling.whole', range) : t('assistants.sampling.number', range);
}
