import type { KvCache } from './kv-cache.js';
import { bytesOf } from './row-store.js';

/** Which layers hold which tokens of a text. */
export interface Survival {
  /** By layer, bit i % 8 of byte ⌊i / 8⌋: some head holds token i. [numLayers][⌈tokens / 8⌉] */
  held: Uint8Array<ArrayBuffer>[];
  /** Layers that hold each token, [tokens]. */
  depths: Uint16Array<ArrayBuffer>;
  /** K/V rows of each token: one for each head of each layer that holds it. [tokens] */
  rows: Uint16Array<ArrayBuffer>;
  /** K/V heads of a layer. */
  heads: number;
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
  return { held, depths, rows, heads: cache.shape.numKvHeads };
}

/**
 * Remembers when each layer dropped each token. Drops are counted from 1 on; which tokens one took is found out when
 * somebody looks, or before the next one.
 */
export class DropLog {
  /** By layer, the drop that took each token; 0: the layer holds it. [numLayers][tokens noted] */
  private droppedAt: Uint32Array<ArrayBuffer>[];
  /** The turn of each drop. */
  private turns = [0];
  /** Place of the first token that drops not noted yet can have taken. */
  private pendingFrom = Number.POSITIVE_INFINITY;

  constructor(numLayers: number) {
    this.droppedAt = Array.from({ length: numLayers }, () => new Uint32Array(0));
  }

  get count(): number {
    return this.turns.length - 1;
  }

  get isNoted(): boolean {
    return this.pendingFrom === Number.POSITIVE_INFINITY;
  }

  /** Tokens from the place `lowest` on were dropped, in this turn (1 = first), or may have been. */
  happened(turn: number, lowest = 0): void {
    this.turns.push(turn);
    this.pendingFrom = Math.min(this.pendingFrom, lowest);
  }

  /** What of the first `tokens` is missing now, and was not when it was noted last, was taken by the last drop. */
  note(cache: KvCache, tokens: number): void {
    const from = Math.min(this.pendingFrom, tokens);
    this.droppedAt = this.droppedAt.map((before, layer) => {
      const times = new Uint32Array(tokens);
      times.set(before);
      const isHeld = heldFrom(cache, layer, from, tokens);
      for (let token = from; token < tokens; token++) {
        if (isHeld[token - from] === 0) times[token] ||= this.count;
      }
      return times;
    });
    this.pendingFrom = Number.POSITIVE_INFINITY;
  }

  /** By layer, the drop that took each token; 0: the layer holds it. [numLayers][tokens noted] */
  byLayer(): Uint32Array<ArrayBuffer>[] {
    return this.droppedAt.map((times) => times.slice());
  }

  /** The turn in which a layer last dropped each token; 0: none did. [tokens noted] */
  lastDropped(): Uint16Array<ArrayBuffer> {
    return Uint16Array.from(this.droppedAt[0], (_, token) => {
      return this.turns[this.droppedAt.reduce((last, times) => Math.max(last, times[token]), 0)];
    });
  }

  get turnOfEach(): readonly number[] {
    return this.turns;
  }

  /** Views of what was noted, layer by layer. */
  arrays(): Uint8Array[] {
    return this.droppedAt.map(bytesOf);
  }

  /** All of so many tokens was noted: `arrays` is then to be filled with it. */
  rebuild(turns: readonly number[], tokens: number): void {
    this.turns = [...turns];
    this.droppedAt = this.droppedAt.map(() => new Uint32Array(tokens));
    this.pendingFrom = Number.POSITIVE_INFINITY;
  }

  /** The text was cut to so many tokens. */
  truncate(tokens: number): void {
    this.droppedAt = this.droppedAt.map((times) => times.slice(0, tokens));
  }
}

/** 1 where some head of a layer holds the token at `from` and so many places behind it. [to − from] */
function heldFrom(cache: KvCache, layer: number, from: number, to: number): Uint8Array {
  const held = new Uint8Array(to - from);
  for (const places of cache.positionsByHead(layer)) {
    for (let row = places.length - 1; row >= 0 && places[row] >= from; row--) {
      if (places[row] < to) held[places[row] - from] = 1;
    }
  }
  return held;
}
