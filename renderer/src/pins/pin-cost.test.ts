import { describe, expect, it } from 'vitest';
import { layerOf } from '../fixtures/kv.js';
import { pinCost } from './pin-cost.js';

/** Five tokens of two units each; four rows hold a token whole. */
const memory = {
  ends: Uint32Array.of(2, 4, 6, 8, 10),
  rows: Uint16Array.of(4, 4, 1, 3, 4),
  pinned: [{ from: 1, to: 3 }],
};
const kvOf = (context: number, keptFraction = 0.8) => ({
  bytesInUse: 1600,
  keptFraction,
  layers: [layerOf({ context: 9 }), layerOf({ context })],
});
const passage = { id: 'q', text: 'ccddee', start: 2, from: 1, to: 4 };

describe('what a pin costs', () => {
  it('is all rows of its tokens, of the bytes in use', () => {
    expect(pinCost(memory, passage, 'ccddee', true, kvOf(3), 4)).toEqual({
      tokens: 3,
      takes: 'place',
      bytes: 1200,
      holds: false,
      missing: expect.closeTo(1 / 3),
    });
  });

  it('counts the tokens of the pinned stretches alone, and says what the engine keeps already', () => {
    const content = ' ccddee ';
    const pins = [{ from: 1, to: 2 }];
    expect(pinCost(memory, passage, content, pins, kvOf(3), 4)).toEqual({
      tokens: 1,
      takes: 'place',
      bytes: 400,
      holds: true,
      missing: 0,
    });
    expect(pinCost(memory, passage, content, [{ from: 2, to: 4 }], kvOf(3), 4)).toMatchObject({
      tokens: 2,
      missing: expect.closeTo(3 / 8),
    });
  });

  it('is memory only where a layer has no other tokens to drop instead', () => {
    const takes = (kv: ReturnType<typeof kvOf>, content = 'ccddee') =>
      pinCost(memory, passage, content, true, kv, 4).takes;
    expect(takes(kvOf(3))).toBe('place');
    expect(takes(kvOf(2))).toBe('memory');
    expect(takes(kvOf(0, 1))).toBe('nothing');
    const held = { ...memory, pinned: [{ from: 1, to: 4 }] };
    expect(pinCost(held, passage, 'ccddee', true, kvOf(1), 4).takes).toBe('place');
    expect(pinCost(held, passage, 'ccddee', true, kvOf(0), 4).takes).toBe('memory');
  });
});
