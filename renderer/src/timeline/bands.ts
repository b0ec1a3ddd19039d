import { bytesIn } from '../../../engine/trace/columns.js';
import { bytesOf } from '../../../engine/trace/replay.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { formatCount } from '../format.js';
import { t } from '../words.js';

const MOST_BANDS = 5;

/** Layers whose bytes are drawn as one band: from `from` to before `to`. */
export interface LayerGroup {
  from: number;
  to: number;
}

/** As equal as can be, layer 0's first. */
export function layerGroups(layers: number): LayerGroup[] {
  const count = Math.min(MOST_BANDS, layers);
  const start = (group: number) => Math.round((group * layers) / count);
  return Array.from({ length: count }, (_, group) => ({ from: start(group), to: start(group + 1) }));
}

/** "layers 0–5" */
export function groupName({ from, to }: LayerGroup): string {
  return to - from === 1 ? t('timeline.layer', { layer: from }) : t('timeline.layers', { from, to: to - 1 });
}

/** What a chart of a trace shows; times in seconds, sizes in bytes. */
export interface TimelineSeries {
  /** [samples] */
  times: number[];
  /** Top of each group's band, stacked: the last one's is all. [groups][samples] */
  tops: number[][];
  /** What a full fp16 cache takes. [samples] */
  full: number[];
}

export function timelineSeries(trace: Trace): TimelineSeries {
  const groups = layerGroups(trace.model.layers);
  const tops = groups.map(() => new Array<number>(trace.samples.length).fill(0));
  trace.samples.forEach(({ layers }, i) => {
    let sum = 0;
    groups.forEach(({ from, to }, group) => {
      for (const row of layers.slice(from, to)) sum += bytesIn(row);
      tops[group][i] = sum;
    });
  });
  return {
    times: trace.samples.map(({ ms }) => ms / 1000),
    tops,
    full: trace.samples.map(({ fullFp16Bytes }) => fullFp16Bytes),
  };
}

/** Marks on the time axis, milliseconds. */
export interface TurnMark {
  /** "turn 2", "read again" */
  name: string;
  startMs: number;
  /** Where its prompt was read; null: it was not, or not to the end. */
  promptEndMs: number | null;
}

export function turnMarks({ turns, samples }: Trace): TurnMark[] {
  const marks = turns.map(
    ({ startMs }, i): TurnMark => ({ name: turnName({ turns, samples }, i), startMs, promptEndMs: null }),
  );
  for (const { ms, turn, phase, tokensSeen } of samples) {
    if (phase === 'writing' && tokensSeen >= turns[turn].promptTokens) marks[turn].promptEndMs ??= ms;
  }
  return marks;
}

/** A turn of the conversation may come more than once: written anew, or only read again. */
export function turnName({ turns, samples }: Pick<Trace, 'turns' | 'samples'>, index: number): string {
  const { number, endMs } = turns[index];
  const isRepeated = turns.slice(0, index).some((turn) => turn.number === number);
  const wrote = samples.some(({ turn, generatedTokens }) => turn === index && generatedTokens > 0);
  return isRepeated && !wrote && endMs !== null ? t('timeline.readAgain') : t('timeline.turn', { number });
}

/** Messages of the user that a trace is about: "3 messages". */
export function messageCount({ turns }: Trace): string {
  const count = new Set(turns.map(({ number }) => number)).size;
  return t('timeline.messages', { count, written: formatCount(count) });
}

/** Milliseconds that a trace begins and ends at; it is never empty. */
export function traceSpan({ turns, samples }: Trace): { startMs: number; endMs: number } {
  const [startMs, lastMs] = [Math.min(turns[0].startMs, samples[0].ms), samples[samples.length - 1].ms];
  return { startMs, endMs: Math.max(lastMs, startMs + 1) };
}

/** Most bytes that a chart has to show. */
export function mostBytes({ samples }: Trace): number {
  return Math.max(1, ...samples.map((sample) => Math.max(sample.fullFp16Bytes, bytesOf(sample))));
}
