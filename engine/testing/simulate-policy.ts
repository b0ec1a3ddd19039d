import type { Policy } from '../kv/policy.js';
import { selectByHead, selectRows } from '../kv/selection.js';

/** What a policy leaves of a text when scores are drawn by lot. */
export interface SimulatedTurn {
  /** Places of the prompt's tokens that came to each layer. [numLayers][rows] */
  reached: number[][];
  /** Places that each layer holds once the prompt is read. [numLayers][numKvHeads][rows] */
  held: number[][][];
}

export const SIMULATED_HEADS = 2;

/**
 * Reads prompts of these lengths one after another, as prefill does, with scores that depend on seed, turn, layer, head
 * and place only.
 */
export function simulateTurns(
  policy: Policy,
  numLayers: number,
  promptLengths: readonly number[],
  options: { seed?: number; scale?: number; isPinned?: (position: number) => boolean } = {},
): SimulatedTurn[] {
  const { seed = 1, scale = 1, isPinned = () => false } = options;
  let held: number[][][] = Array.from({ length: numLayers }, () => Array.from({ length: SIMULATED_HEADS }, () => []));
  let promptStart = 0;
  return promptLengths.map((length, turn) => {
    const text = { promptStart, tokensSeen: promptStart + length, isPinned };
    const lot = (layer: number, head: number, place: number) => (1 + noise(seed, turn, layer, head, place)) * scale;
    const reached: number[][] = [];
    let alive = Array.from({ length }, (_, i) => promptStart + i);
    held = held.map((history, layer) => {
      reached.push(alive);
      const positions = history.map((places) => Int32Array.from([...places, ...alive]));
      const evict = policy.evict(layer, text);
      const scores = Float32Array.from(
        positions.flatMap((places, head) => [...places].map((at) => lot(layer, head, at))),
      );
      const kept = evict ? selectByHead(evict, positions, scores) : positions.map((places) => [...places.keys()]);
      const thin = policy.thin(layer, text);
      if (thin) {
        const own = Float32Array.from(alive, (at) => lot(layer, 0, at) + lot(layer, 1, at));
        const before = alive;
        alive = [...selectRows(thin, Int32Array.from(alive), own)].map((row) => before[row]);
      }
      return positions.map((places, head) => [...kept[head]].map((row) => places[row]));
    });
    promptStart = text.tokensSeen;
    return { reached, held };
  });
}

/** Which of `wanted` are not among `places`. */
export function missing(places: readonly number[], wanted: readonly number[]): number[] {
  const there = new Set(places);
  return wanted.filter((place) => !there.has(place));
}

/** A whole number below 2^20 for some others. */
function noise(...numbers: number[]): number {
  let mixed = 0x9e3779b9;
  for (const number of numbers) {
    mixed = Math.imul(mixed ^ number, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return (mixed >>> 0) % 2 ** 20;
}
