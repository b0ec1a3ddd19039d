import type { ComparisonForecast, KvStats } from '../../../engine/types.js';
import { formatCount, formatPercent } from '../format.js';
import { kvFigures } from '../memory/kv-figures.js';
import { USUAL_CACHE } from '../memory/value-types.js';
import type { ComparedSide, Comparison } from '../store/comparison.js';
import type { AnswerFigures } from '../store/state.js';

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
  unit: string;
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
    { ...measured('Memory at the end', bytes, byteScale), remark: shareOf(bytes) },
    {
      ...measured(
        'The usual cache of these tokens',
        of(({ kv }) => kv.fullFp16Bytes),
        byteScale,
      ),
      hint: `${USUAL_CACHE} The full cache that A has keeps them at 32 bits: twice as much.`,
      ...(compressed && { remark: `B takes ${formatPercent(kvFigures(compressed.kv).byteFraction)} of it` }),
    },
    {
      ...measured(
        'First token',
        of(({ figures }) => figures.timings.firstTokenMs),
        timeScale,
      ),
      hint: 'From the request to the first token. Both sides read the whole prompt.',
    },
    measured(
      'Writing speed',
      of(({ figures }) => speedOf(figures)),
      speedScale,
    ),
    measured(
      'Answer length',
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
  const name = 'Same tokens before the first difference';
  const remark = 'one run, not a measure';
  if (!full || !compressed || divergence === undefined) {
    return { name, full: NONE, compressed: NONE, difference: NONE, remark };
  }
  const same = divergence ? formatCount(divergence.sameTokens) : 'all';
  return { name, full: same, compressed: same, difference: NONE, remark };
}

function agreementRow(state: Comparison['state']): ComparisonRow {
  const row = {
    name: 'Same next token likeliest',
    hint: 'B’s answer was fed to the full cache token by token. Counted are the places where both caches find the same token the likeliest to come next.',
    full: NONE,
    compressed: NONE,
    difference: NONE,
  };
  if (state.phase === 'running' && state.checking) {
    return {
      ...row,
      compressed: `${formatCount(state.checking.places)} of ${formatCount(state.checking.total)} checked`,
    };
  }
  if (state.phase !== 'done') return row;
  const { places, agreeing } = state.agreement;
  const share = places > 0 ? formatPercent(agreeing / places) : NONE;
  return { ...row, compressed: `${formatCount(agreeing)} of ${formatCount(places)}`, difference: share };
}

/** The difference is that of the figures as shown. */
function measured(
  name: string,
  [full, compressed]: [number | null, number | null],
  scaleFor: (largest: number) => Scale,
): ComparisonRow {
  const { unit, size, digits } = scaleFor(Math.max(full ?? 0, compressed ?? 0));
  const rounded = (value: number) => Number((value / size).toFixed(digits));
  const shown = (value: number) => `${withSeparators(value, digits)} ${unit}`;
  const written = (value: number | null) => (value === null ? NONE : shown(rounded(value)));
  const row = { name, full: written(full), compressed: written(compressed) };
  if (full === null || compressed === null) return { ...row, difference: NONE };
  const difference = Number((rounded(compressed) - rounded(full)).toFixed(digits));
  return { ...row, difference: `${signOf(difference)}${shown(Math.abs(difference))}` };
}

function withSeparators(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** With a true minus sign. */
function signOf(value: number): string {
  return value === 0 ? '±' : value < 0 ? '−' : '+';
}

function shareOf([full, compressed]: [number | null, number | null]): string | undefined {
  return full && compressed !== null ? `B takes ${formatPercent(compressed / full)} of A` : undefined;
}

function byteScale(largest: number): Scale {
  if (largest >= 999.5e6) return { unit: 'GB', size: 1e9, digits: 2 };
  return largest >= 999_500 ? { unit: 'MB', size: 1e6, digits: 1 } : { unit: 'kB', size: 1e3, digits: 0 };
}

function timeScale(largest: number): Scale {
  return largest >= 999.5 ? { unit: 's', size: 1000, digits: 2 } : { unit: 'ms', size: 1, digits: 0 };
}

function speedScale(largest: number): Scale {
  return { unit: 'tok/s', size: 1, digits: largest >= 9.95 ? 0 : 1 };
}

function tokenScale(): Scale {
  return { unit: 'tokens', size: 1, digits: 0 };
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
