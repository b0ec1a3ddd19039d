import type { ComparisonForecast, KvStats } from '../../../engine/types.js';
import { formatCount, formatNumber, formatPercent } from '../format.js';
import { kvFigures } from '../memory/kv-figures.js';
import { usualCacheWords } from '../memory/value-types.js';
import type { ComparedSide, Comparison } from '../store/comparison.js';
import type { AnswerFigures } from '../store/state.js';
import { t } from '../words.js';

export interface ComparisonRow {
  name: string;
  hint?: string;
  full: string;
  compressed: string;
  difference: string;
  /** In words, instead of the difference. */
  remark?: string;
}

/** A unit in which figures are shown beside each other. */
interface Scale {
  /** A figure, as it is written, with its unit. */
  words: (value: string) => string;
  size: number;
  digits: number;
}

const NONE = '–';

/** What was measured of both sides; a figure that is not there yet, or never will be, is a dash. */
export function comparisonRows({ sides, divergence, state }: Comparison): ComparisonRow[] {
  const [full, compressed] = [endOf(sides.full), endOf(sides.compressed)];
  const of = (pick: (end: SideEnd) => number | null): [number | null, number | null] => [
    full && pick(full),
    compressed && pick(compressed),
  ];
  const bytes = of(({ kv }) => kv.bytesInUse);
  return [
    { ...measured(t('comparison.table.memory'), bytes, byteScale), remark: shareOf(bytes) },
    {
      ...measured(
        t('comparison.table.usual'),
        of(({ kv }) => kv.fullFp16Bytes),
        byteScale,
      ),
      hint: t('comparison.table.usualAbout', { usualCache: usualCacheWords() }),
      ...(compressed && {
        remark: t('comparison.table.takesOfUsual', { share: formatPercent(kvFigures(compressed.kv).byteFraction) }),
      }),
    },
    {
      ...measured(
        t('comparison.table.firstToken'),
        of(({ figures }) => figures.timings.firstTokenMs),
        timeScale,
      ),
      hint: t('comparison.table.firstTokenAbout'),
    },
    measured(
      t('comparison.table.speed'),
      of(({ figures }) => speedOf(figures)),
      speedScale,
    ),
    measured(
      t('comparison.table.length'),
      of(({ figures }) => figures.completionTokens),
      tokenScale,
    ),
    sameTokensRow(full, compressed, divergence),
    agreementRow(state),
  ];
}

/** A side that was written, if only up to where it was stopped; one that got no token has no figures. */
interface SideEnd {
  figures: AnswerFigures;
  kv: KvStats;
}

function endOf({ state, kv }: ComparedSide): SideEnd | null {
  const figures = 'figures' in state ? state.figures : null;
  return figures && figures.completionTokens > 0 && kv ? { figures, kv } : null;
}

function sameTokensRow(
  full: SideEnd | null,
  compressed: SideEnd | null,
  divergence: Comparison['divergence'],
): ComparisonRow {
  const name = t('comparison.table.sameTokens');
  const remark = t('comparison.table.oneRun');
  if (!full || !compressed || divergence === undefined) {
    return { name, full: NONE, compressed: NONE, difference: NONE, remark };
  }
  const same = divergence ? formatCount(divergence.sameTokens) : t('comparison.table.all');
  return { name, full: same, compressed: same, difference: NONE, remark };
}

function agreementRow(state: Comparison['state']): ComparisonRow {
  const row = {
    name: t('comparison.table.agreement'),
    hint: t('comparison.table.agreementAbout'),
    full: NONE,
    compressed: NONE,
    difference: NONE,
  };
  if (state.phase === 'running' && state.checking) {
    return {
      ...row,
      compressed: t('comparison.table.checked', {
        places: formatCount(state.checking.places),
        total: formatCount(state.checking.total),
      }),
    };
  }
  if (state.phase !== 'done') return row;
  const { places, agreeing } = state.agreement;
  const share = places > 0 ? formatPercent(agreeing / places) : NONE;
  const both = { agreeing: formatCount(agreeing), places: formatCount(places) };
  return { ...row, compressed: t('comparison.table.agreeing', both), difference: share };
}

/** The difference is that of the figures as shown. */
function measured(
  name: string,
  [full, compressed]: [number | null, number | null],
  scaleFor: (largest: number) => Scale,
): ComparisonRow {
  const { words, size, digits } = scaleFor(Math.max(full ?? 0, compressed ?? 0));
  const rounded = (value: number) => Number((value / size).toFixed(digits));
  const shown = (value: number) => words(formatNumber(value, digits));
  const written = (value: number | null) => (value === null ? NONE : shown(rounded(value)));
  const row = { name, full: written(full), compressed: written(compressed) };
  if (full === null || compressed === null) return { ...row, difference: NONE };
  const difference = Number((rounded(compressed) - rounded(full)).toFixed(digits));
  return { ...row, difference: `${signOf(difference)}${shown(Math.abs(difference))}` };
}

/** With a true minus sign. */
function signOf(value: number): string {
  return value === 0 ? '±' : value < 0 ? '−' : '+';
}

function shareOf([full, compressed]: [number | null, number | null]): string | undefined {
  return full && compressed !== null
    ? t('comparison.table.takesOfA', { share: formatPercent(compressed / full) })
    : undefined;
}

const inUnit = (unit: string) => (value: string) => `${value} ${unit}`;

function byteScale(largest: number): Scale {
  if (largest >= 999.5e6) return { words: inUnit('GB'), size: 1e9, digits: 2 };
  return largest >= 999_500
    ? { words: inUnit('MB'), size: 1e6, digits: 1 }
    : { words: inUnit('kB'), size: 1e3, digits: 0 };
}

function timeScale(largest: number): Scale {
  return largest >= 999.5 ? { words: inUnit('s'), size: 1000, digits: 2 } : { words: inUnit('ms'), size: 1, digits: 0 };
}

function speedScale(largest: number): Scale {
  return {
    words: (value) => t('comparison.table.tokensPerSecond', { value }),
    size: 1,
    digits: largest >= 9.95 ? 0 : 1,
  };
}

function tokenScale(): Scale {
  return { words: (value) => t('comparison.table.tokens', { value }), size: 1, digits: 0 };
}

function speedOf({ timings: { decodeMsPerToken } }: AnswerFigures): number | null {
  return decodeMsPerToken ? 1000 / decodeMsPerToken : null;
}

/**
 * Both sides read and written, and B's reply fed to the full cache: milliseconds, if both get as long as the answer;
 * null: this machine has read nothing yet to go by.
 */
export function comparisonMs(forecast: ComparisonForecast, { reusedTokens, timings }: AnswerFigures): number | null {
  const reading = forecast.firstTokenMs ?? (reusedTokens === 0 ? timings.firstTokenMs : null);
  if (reading === null) return null;
  return 2 * reading + 3 * forecast.replyTokens * (timings.decodeMsPerToken ?? 0);
}
