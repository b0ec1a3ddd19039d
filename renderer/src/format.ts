import type { Language } from '../../locales/languages.js';
import { currentLanguage } from '../../locales/words.js';
import { t } from './words.js';

/** Made once: figures are written anew with every frame. */
function numberFormats(locale: string): readonly Intl.NumberFormat[] {
  return [0, 1, 2, 3, 4].map(
    (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
}

/** By language and number of digits behind the point. */
const NUMBERS: Readonly<Record<Language, readonly Intl.NumberFormat[]>> = {
  en: numberFormats('en-US'),
  de: numberFormats('de'),
};
/** English has the day before the month, as in the rest of the app. */
const DATE_LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de' };

/** 2184 → 2,184 */
export function formatCount(count: number): string {
  return formatNumber(count, 0);
}

/** 0.5 with two digits → 0.50; in German 0,50. At most four digits. */
export function formatNumber(value: number, digits: number): string {
  return NUMBERS[currentLanguage()][digits].format(value);
}

/** A day in full, such as 26 November 2026. */
export function formatDay(date: Date): string {
  return date.toLocaleDateString(DATE_LOCALES[currentLanguage()], { dateStyle: 'long' });
}

export interface Amount {
  value: string;
  unit: string;
}

/** Bytes as people read them, in powers of 1000: 21.9 MB, 190 kB, 1.24 GB. */
export function splitBytes(bytes: number): Amount {
  if (bytes >= 999.5e6) return { value: formatNumber(bytes / 1e9, 2), unit: 'GB' };
  if (bytes >= 999_500 || bytes === 0) return { value: formatNumber(bytes / 1e6, 1), unit: 'MB' };
  if (bytes >= 1000) return { value: formatCount(bytes / 1e3), unit: 'kB' };
  return { value: String(bytes), unit: 'B' };
}

/** The size of a file or a process: whole MB from 100 on. */
export function formatSize(bytes: number): string {
  return bytes >= 99.5e6 && bytes < 999.5e6 ? `${formatCount(bytes / 1e6)} MB` : formatBytes(bytes);
}

export function formatBytes(bytes: number): string {
  const { value, unit } = splitBytes(bytes);
  return `${value} ${unit}`;
}

/** A computer's memory, of which people know the size in GB of 2³⁰ bytes: 19 GB, 0.6 GB. */
export function formatMachineMemory(bytes: number): string {
  const gigabytes = bytes / 2 ** 30;
  return `${formatNumber(gigabytes, gigabytes < 9.95 ? 1 : 0)} GB`;
}

/** A layer's bytes: kB keep their place up to 10 MB, so that rows compare. */
export function formatLayerBytes(bytes: number): string {
  return bytes >= 1000 && bytes < 1e7 ? `${formatCount(bytes / 1e3)} kB` : formatBytes(bytes);
}

/** 0.435 → 43.5 % */
export function formatPercent(fraction: number, digits = 1): string {
  return `${formatNumber(fraction * 100, digits)} %`;
}

/** Milliseconds: 84 ms, 1.6 s, 2 min 5 s. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${formatNumber(ms / 1000, 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A place on a timeline: 3.2 s, 2 min 5 s. */
export function formatMoment(ms: number): string {
  return ms < 59_950 ? `${formatNumber(ms / 1000, 1)} s` : formatDuration(ms);
}

/** Tokens a second from milliseconds a token. */
export function formatSpeed(msPerToken: number): string {
  const perSecond = 1000 / msPerToken;
  return perSecond < 9.95 ? formatNumber(perSecond, 1) : formatCount(perSecond);
}

/** 1 token, 14 tokens */
export function formatTokens(count: number): string {
  return t('figures.tokens', { count, written: formatCount(count) });
}

export function tokenWord(count: number): string {
  return t('figures.tokenWord', { count });
}
