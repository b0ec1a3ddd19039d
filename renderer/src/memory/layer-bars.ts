import type { KvMoment } from '../../../engine/trace/columns.js';
import type { KvParts } from '../../../engine/types.js';

/** What one layer's bar shows, in tokens; its parts are fractions while bars glide. */
export interface LayerBar {
  parts: KvParts;
  /** All that the layer holds, exact while the parts glide. */
  tokens: number;
  /** How many of them idle time is about to drop. */
  leaving?: number;
}

/** In the order in which a bar is drawn, from the left; the width of each is a count, not a place in the text. */
export const PART_ORDER = ['sinks', 'pinned', 'context', 'recent', 'generated'] as const satisfies (keyof KvParts)[];

const NOTHING: KvParts = { sinks: 0, pinned: 0, context: 0, recent: 0, generated: 0 };

export interface LayerBars {
  /** Tokens that the full width stands for. */
  scale: number;
  /** Layer 0 first. */
  layers: readonly LayerBar[];
}

/** Bars that hold nothing yet. */
export function emptyBars(layers: number): LayerBars {
  return { scale: 0, layers: Array.from({ length: layers }, () => ({ parts: NOTHING, tokens: 0 })) };
}

/**
 * The bars of a cache. The full width is all that was read, from the beginning of reading on: the bars are seen to form,
 * layer by layer.
 * @param planned about how many tokens each layer will hold once idle time is spent
 */
export function barsOf(kv: KvMoment, planned?: readonly number[]): LayerBars {
  return {
    scale: kv.tokensSeen,
    layers: kv.layers.map(({ parts, tokens }, layer) => {
      const bar = { parts, tokens };
      return planned ? { ...bar, leaving: Math.max(0, tokens - planned[layer]) } : bar;
    }),
  };
}

/** The cache as a few rows, layer 0's first: what each row's layers hold on average, of all tokens (0 … 1). */
export function rowShares(kv: KvMoment | null, rows: number): number[] {
  const layers = kv?.layers.length ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    if (!kv || layers === 0 || kv.tokensSeen === 0) return 0;
    const first = Math.min(layers - 1, Math.floor((row * layers) / rows));
    const end = Math.max(first + 1, Math.floor(((row + 1) * layers) / rows));
    const held = kv.layers.slice(first, end).reduce((sum, { tokens }) => sum + tokens, 0);
    return held / ((end - first) * kv.tokensSeen);
  });
}

/** The bars a share (0 … 1) of the way from one state to another; with another number of layers there is no way. */
export function glide(from: LayerBars, to: LayerBars, share: number): LayerBars {
  if (share >= 1 || from.layers.length !== to.layers.length) return to;
  const between = (a: number, b: number): number => a + (b - a) * share;
  return {
    // An empty cache has no scale of its own: bars grow and shrink in that of the other state.
    scale: between(from.scale || to.scale, to.scale || from.scale),
    layers: to.layers.map((bar, layer) => ({
      parts: glidedParts(from.layers[layer].parts, bar.parts, between),
      tokens: bar.tokens,
      leaving: between(from.layers[layer].leaving ?? 0, bar.leaving ?? 0),
    })),
  };
}

function glidedParts(from: KvParts, to: KvParts, between: (a: number, b: number) => number): KvParts {
  const parts = { ...to };
  for (const part of PART_ORDER) parts[part] = between(from[part], to[part]);
  return parts;
}
