import { describe, expect, it } from 'vitest';
import { pinCost } from './pin-cost.js';

/** Five tokens of two units each; four rows hold a token whole. */
const memory = {
  ends: Uint32Array.of(2, 4, 6, 8, 10),
  rows: Uint16Array.of(4, 4, 1, 3, 4),
  pinned: [{ from: 1, to: 3 }],
};
const passage = { id: 'q', text: 'ccddee', start: 2, from: 1, to: 4 };

describe('what a pin costs', () => {
  it('is all rows of its tokens, of the bytes in use', () => {
    expect(pinCost(memory, passage, 'ccddee', true, { bytesInUse: 1600 }, 4)).toEqual({
      tokens: 3,
      bytes: 1200,
      holds: false,
      missing: expect.closeTo(1 / 3),
    });
  });

  it('counts the tokens of the pinned stretches alone, and says what the engine keeps already', () => {
    const content = ' ccddee ';
    const pins = [{ from: 1, to: 2 }];
    expect(pinCost(memory, passage, content, pins, { bytesInUse: 1600 }, 4)).toEqual({
      tokens: 1,
      bytes: 400,
      holds: true,
      missing: 0,
    });
    expect(pinCost(memory, passage, content, [{ from: 2, to: 4 }], { bytesInUse: 1600 }, 4)).toMatchObject({
      tokens: 2,
      missing: expect.closeTo(3 / 8),
    });
  });
});
