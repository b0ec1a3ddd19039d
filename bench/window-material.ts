import type { KvLayerStats, KvStats, TextMemory } from '../engine/types.js';

/** What an engine might report of a cache that was thinned from layer to layer, `step` tokens into an answer. */
export function kvAtStep(layers: number, tokens: number, step: number): KvStats {
  const tokensSeen = tokens + step;
  const bytesPerToken = 400;
  const stats = Array.from({ length: layers }, (_, layer): KvLayerStats => {
    // What is kept swings by a tenth, so that every part of every bar has some way to glide.
    const share = (1 - (0.8 * layer) / layers) * (0.9 + 0.1 * Math.sin(step / 5 + layer));
    const parts = { sinks: 4, pinned: 40, recent: Math.round(0.2 * tokens), generated: step, context: 0 };
    parts.context = Math.round(share * 0.75 * tokens);
    const kept = parts.sinks + parts.pinned + parts.recent + parts.generated + parts.context;
    const bytes = kept * bytesPerToken;
    return {
      tokens: kept,
      parts,
      lostAttention: 0.01,
      oldest: 0,
      newest: tokensSeen - 1,
      bytes,
      bytesAllocated: bytes,
    };
  });
  const bytesInUse = stats.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    tokensSeen,
    contextLength: 2 * tokens,
    bytesInUse,
    bytesAllocated: bytesInUse,
    fullFp16Bytes: 2 * bytesPerToken * layers * tokensSeen,
    keptFraction: bytesInUse / (bytesPerToken * layers * tokensSeen),
    dtype: 'int8',
    compression: { preset: 'compact' },
    budgetBytes: null,
    generatedTokens: step,
    reading: false,
    drops: 1 + step,
    layers: stats,
  };
}

/**
 * A text of which every word is a token. How many layers hold it is drawn anew for each: the next is seldom of the same
 * shade, which gives the window the most to draw.
 */
export function memoryOf(text: string, layers: number): TextMemory {
  const ends = Uint32Array.from(text.matchAll(/\S+\s*/g), (word) => word.index + word[0].length);
  const tokens = ends.length;
  let state = 1;
  const depths = Uint16Array.from(ends, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % 3 === 0 ? layers : (state >>> 8) % (layers + 1);
  });
  const held = Array.from({ length: layers }, () => new Uint8Array(Math.ceil(tokens / 8)));
  const droppedAt = Array.from({ length: layers }, () => new Uint32Array(tokens));
  for (let layer = 0; layer < layers; layer++) {
    for (let token = 0; token < tokens; token++) {
      if (layer < depths[token]) held[layer][token >> 3] |= 1 << (token & 7);
      else droppedAt[layer][token] = 1;
    }
  }
  const droppedIn = depths.map((depth) => (depth < layers ? 1 : 0));
  return {
    text,
    ends,
    depths,
    rows: depths.map((depth) => 3 * depth),
    heads: 3,
    held,
    droppedIn,
    droppedAt,
    pinned: [],
    rereadMs: null,
  };
}
