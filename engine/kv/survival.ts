import type { KvCache } from './kv-cache.js';

/** Which layers hold which tokens of a text. */
export interface Survival {
  /** By layer, bit i % 8 of byte ⌊i / 8⌋: some head holds token i. [numLayers][⌈tokens / 8⌉] */
  held: Uint8Array<ArrayBuffer>[];
  /** Layers that hold each token, [tokens]. */
  depths: Uint16Array<ArrayBuffer>;
  /** K/V rows of each token: one for each head of each layer that holds it. [tokens] */
  rows: Uint16Array<ArrayBuffer>;
}

/** Of the first `tokens` of a text. */
export function survivalOf(cache: KvCache, tokens: number): Survival {
  const depths = new Uint16Array(tokens);
  const rows = new Uint16Array(tokens);
  const held = Array.from({ length: cache.shape.numLayers }, (_, layer) => {
    const bits = new Uint8Array(Math.ceil(tokens / 8));
    for (const places of cache.positionsByHead(layer)) {
      for (const place of places) {
        if (place >= tokens) break;
        rows[place]++;
        const bit = 1 << (place & 7);
        if ((bits[place >> 3] & bit) !== 0) continue;
        bits[place >> 3] |= bit;
        depths[place]++;
      }
    }
    return bits;
  });
  return { held, depths, rows };
}

/** Remembers in which turn each token was last dropped from a layer. */
export class DropLog {
  private depths = new Uint16Array(0);
  private turns = new Uint16Array(0);

  constructor(private readonly numLayers: number) {}

  /** The text as it is now, in this turn (1 = first). */
  update(depths: Uint16Array, turn: number): void {
    const turns = new Uint16Array(depths.length);
    depths.forEach((depth, token) => {
      const before = this.depths[token] ?? this.numLayers;
      turns[token] = depth < before ? turn : (this.turns[token] ?? 0);
    });
    this.depths = depths.slice();
    this.turns = turns;
  }

  /** The turn in which a layer last dropped each token; 0: none did. [tokens of the last update] */
  lastDropped(): Uint16Array<ArrayBuffer> {
    return this.turns.slice();
  }

  /** The text was cut to so many tokens. */
  truncate(tokens: number): void {
    this.depths = this.depths.slice(0, tokens);
    this.turns = this.turns.slice(0, tokens);
  }
}
