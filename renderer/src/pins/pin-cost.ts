import type { KvStats, TextMemory } from '../../../engine/types.js';
import { type Passage, tokenAt } from '../survival/survival-text.js';
import type { Pins } from './pins.js';

/** What pinned text takes of the memory, and what of it was dropped before it was pinned. */
export interface PinCost {
  tokens: number;
  /**
   * Of what: `nothing`, as all is held; the `place` of other tokens, which are dropped instead; more `memory`, where a
   * layer has no place left to give.
   */
  takes: 'nothing' | 'place' | 'memory';
  /** Held in full, by every head of every layer. */
  bytes: number;
  /** The engine keeps it already, since the last prompt was sent. */
  holds: boolean;
  /** Of that, the share (0 … 1) that is not held any more. */
  missing: number;
}

/**
 * @param passage the message as the model has it
 * @param content the message's own text, which may have space around it that the model does not get
 * @param rowsPerToken heads of all layers
 */
export function pinCost(
  { ends, rows, pinned }: Pick<TextMemory, 'ends' | 'rows' | 'pinned'>,
  passage: Passage,
  content: string,
  pins: Pins,
  kv: Pick<KvStats, 'bytesInUse' | 'keptFraction' | 'layers'>,
  rowsPerToken: number,
): PinCost {
  const spans = pins === true ? [passage] : spansOf(ends, passage, content, pins);
  const all = rows.reduce((sum, count) => sum + count, 0);
  let [tokens, held] = [0, 0];
  for (const { from, to } of spans) {
    tokens += to - from;
    held += rows.subarray(from, to).reduce((sum, count) => sum + count, 0);
  }
  const whole = tokens * rowsPerToken;
  const holds = spans.every((span) => pinned.some(({ from, to }) => from <= span.from && span.to <= to));
  return {
    tokens,
    takes: kv.keptFraction === 1 ? 'nothing' : hasPlace(kv, holds ? 1 : tokens) ? 'place' : 'memory',
    bytes: all > 0 ? (whole / all) * kv.bytesInUse : 0,
    holds,
    missing: whole > 0 ? 1 - held / whole : 0,
  };
}

/** Whether each layer has so many tokens that it may drop instead. */
function hasPlace({ layers }: Pick<KvStats, 'layers'>, tokens: number): boolean {
  return layers.every(({ parts }) => parts.context >= tokens);
}

function spansOf(ends: Uint32Array, passage: Passage, content: string, ranges: Exclude<Pins, true>) {
  const start = passage.start - (content.length - content.trimStart().length);
  return ranges.map(({ from, to }) => ({ from: tokenAt(ends, start + from), to: tokenAt(ends, start + to - 1) + 1 }));
}
