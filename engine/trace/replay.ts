import type { TextMemory } from '../types.js';
import { bytesIn, type KvMoment, layerOf, newestIn } from './columns.js';
import { decodeRuns } from './runs.js';
import type { Trace, TraceSample, TurnText } from './schema.js';
import { textRanges } from './text.js';

/** The last sample up to a moment; of a moment before all, the first. */
export function sampleAt({ samples }: Trace, ms: number): number {
  let [low, high] = [0, samples.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (samples[middle].ms <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function bytesOf({ layers }: TraceSample): number {
  return layers.reduce((sum, row) => sum + bytesIn(row), 0);
}

/** What the cache held and took at a sample. */
export function kvAt({ model, turns, samples }: Trace, index: number): KvMoment {
  const { layers: rows, turn, phase, ...figures } = samples[index];
  const layers = rows.map(layerOf);
  const sum = (of: (layer: (typeof layers)[number]) => number) => layers.reduce((total, each) => total + of(each), 0);
  const { ms: _ms, ...kv } = figures;
  return {
    ...kv,
    contextLength: model.contextLength,
    bytesInUse: sum(({ bytes }) => bytes),
    bytesAllocated: sum(({ bytesAllocated }) => bytesAllocated),
    keptFraction: kv.tokensSeen === 0 ? 1 : sum(({ tokens }) => tokens) / (layers.length * kv.tokensSeen),
    dtype: turns[turn].dtype,
    reading: phase === 'reading',
    layers,
  };
}

/** What of a text is held. */
export type HeldText = Pick<TextMemory, 'text' | 'ends' | 'depths' | 'rows' | 'heads' | 'held' | 'droppedIn'>;

/**
 * The text at a sample, and which layers held what of it: exactly, as layers take tokens in order, and each drop says
 * when it was. Null: the trace does not have the text of that moment.
 */
export function textAt(trace: Trace, index: number): HeldText | null {
  const sample = trace.samples[index];
  const ranges = textRanges(trace.turns, sample.turn);
  if (!ranges) return null;
  const all = ranges.flatMap(({ text, to }) => text.tokens.slice(0, to - text.from));
  const tokens = all.slice(0, sample.tokensSeen);
  const ends = new Uint32Array(tokens.length);
  tokens.forEach((token, i) => {
    ends[i] = (i > 0 ? ends[i - 1] : 0) + token.length;
  });
  const depths = new Uint16Array(tokens.length);
  const lastDrops = new Uint32Array(tokens.length);
  const held = sample.layers.map((row, layer) => {
    const bits = new Uint8Array(Math.ceil(tokens.length / 8));
    const newest = newestIn(row) ?? -1;
    const dropped = dropsOf(ranges, layer);
    for (let token = 0; token < tokens.length; token++) {
      const drop = dropped[token];
      if (drop > 0 && drop <= dropsBefore(trace, sample, token)) {
        lastDrops[token] = Math.max(lastDrops[token], drop);
      } else if (token <= newest) {
        bits[token >> 3] |= 1 << (token & 7);
        depths[token]++;
      }
    }
    return bits;
  });
  const turnOf = turnsOfDrops(trace, ranges[0]?.turn ?? 0, sample.turn);
  const droppedIn = Uint16Array.from(lastDrops, turnOf);
  // A trace does not tell heads of a layer apart.
  return { text: tokens.join(''), ends, depths, rows: depths, heads: 1, held, droppedIn };
}

/** Drops that a token had been through. What is new in a prompt is chosen from while it is read, what is old at its end. */
function dropsBefore({ turns }: Trace, { drops, phase, turn }: TraceSample, token: number): number {
  return phase === 'reading' && token >= turns[turn].reusedTokens ? drops + 1 : drops;
}

function dropsOf(ranges: readonly { text: TurnText; to: number }[], layer: number): number[] {
  return ranges.flatMap(({ text, to }) => [...decodeRuns(text.dropped[layer] ?? []).subarray(0, to - text.from)]);
}

/** The number of the turn in which a drop was, among those from `first` to `last`; of no drop 0. */
function turnsOfDrops({ turns, samples }: Trace, first: number, last: number): (drop: number) => number {
  const ends = turns.map((_, turn) => samples.findLast((sample) => sample.turn === turn)?.drops ?? 0);
  return (drop) => {
    if (drop === 0) return 0;
    for (let turn = first; turn < last; turn++) if (drop <= ends[turn]) return turns[turn].number;
    return turns[last].number;
  };
}
