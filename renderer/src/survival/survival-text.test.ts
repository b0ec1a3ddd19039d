import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextMemory } from '../../../engine/types.js';
import {
  clippedRuns,
  countLevels,
  isHeld,
  levelName,
  levelOf,
  meanHolding,
  passagesOf,
  runsOf,
  tokenAt,
} from './survival-text.js';

/** Each word is a token, with the space behind it; of the layers that hold it, each head does. */
function memoryOf(text: string, depths: number[], layers = 30, heads = 3): TextMemory {
  let end = 0;
  const ends = Uint32Array.from(text.match(/\S+\s*/g) ?? [], (word) => {
    end += word.length;
    return end;
  });
  const held = Array.from({ length: layers }, (_, layer) => {
    const bits = new Uint8Array(Math.ceil(ends.length / 8));
    depths.forEach((depth, token) => {
      if (layer < depth) bits[token >> 3] |= 1 << (token & 7);
    });
    return bits;
  });
  return {
    text,
    ends,
    depths: Uint16Array.from(depths),
    held,
    rows: Uint16Array.from(depths, (depth) => heads * depth),
    heads,
    droppedIn: new Uint16Array(depths.length),
    pinned: [],
    rereadMs: null,
    droppedAt: [],
  };
}

const TEXT = 'user\nthe red boat sails\nassistant\nit sails away';
const MEMORY = memoryOf(TEXT, [30, 30, 22, 22, 0, 5, 30, 14, 8]);
const MESSAGES = [
  { id: 'q', text: ' the red boat sails ' },
  { id: 'a', text: 'it sails away' },
];

describe('levels', () => {
  it('go from none to all, the same for every number of layers', () => {
    expect([0, 1, 7, 8, 13, 14, 19, 20, 29, 30].map((depth) => levelOf(depth, 30))).toEqual([
      0, 1, 1, 2, 2, 3, 3, 4, 4, 5,
    ]);
    expect([5, 4, 3, 2, 1, 0].map((level) => levelName(level as 0, 30))).toEqual([
      'all 30',
      '20–29',
      '14–19',
      '8–13',
      '1–7',
      'none',
    ]);
  });

  it('have a name wherever a number of layers is of that level, and rise with it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (layers) => {
        let before = 0;
        for (let depth = 0; depth <= layers; depth++) {
          const level = levelOf(depth, layers);
          expect(level).toBeGreaterThanOrEqual(before);
          expect(levelName(level, layers)).not.toBeNull();
          before = level;
        }
        expect(before).toBe(5);
      }),
    );
  });
});

describe('passages', () => {
  it('are the messages as the model has them, without what the template adds', () => {
    const [question, answer] = passagesOf(MEMORY, MESSAGES);
    expect(question).toMatchObject({ id: 'q', text: 'the red boat sails', from: 1, to: 5 });
    expect(answer).toMatchObject({ id: 'a', text: 'it sails away', from: 6, to: 9 });
    expect(meanHolding(MEMORY, question)).toBe((3 * (30 + 22 + 22)) / 4);
  });

  it('leave out what the model does not have, and show of a running answer what it has so far', () => {
    const messages = [{ id: 'gone', text: 'never read' }, MESSAGES[0], { id: 'a', text: 'it sails away from here' }];
    expect(passagesOf(MEMORY, messages).map(({ id, text }) => [id, text])).toEqual([
      ['q', 'the red boat sails'],
      ['a', 'it sails away'],
    ]);
    expect(passagesOf(MEMORY, [])).toEqual([]);
  });

  it('are split into runs of one level, without gaps', () => {
    const [question, answer] = passagesOf(MEMORY, MESSAGES);
    expect(runsOf(MEMORY, question, null)).toEqual([
      { level: 5, start: 0, end: 4 },
      { level: 4, start: 4, end: 13 },
      { level: 0, start: 13, end: 18 },
    ]);
    expect(runsOf(MEMORY, answer, 10).map(({ level }) => level)).toEqual([5, 0]);
    expect(countLevels(MEMORY, null)).toEqual([1, 1, 1, 1, 2, 3]);
    expect(countLevels(MEMORY, 29)).toEqual([6, 0, 0, 0, 0, 3]);
  });

  it('are shaded by heads, not by layers: one that one head of each layer holds is a third of the way', () => {
    const memory = { ...MEMORY, depths: MEMORY.depths.map(() => 30), rows: MEMORY.rows.map(() => 30) };
    const [question] = passagesOf(memory, MESSAGES);
    expect(runsOf(memory, question, null)).toEqual([{ level: 2, start: 0, end: 18 }]);
    expect(countLevels(memory, null)).toEqual([0, 0, 9, 0, 0, 0]);
    const nearlyAll = { ...memory, rows: MEMORY.rows.map(() => 89) };
    expect(countLevels(nearlyAll, null)).toEqual([0, 0, 0, 0, 9, 0]);
  });

  it('give of their runs those of a part, cut to it', () => {
    const runs = runsOf(MEMORY, passagesOf(MEMORY, MESSAGES)[0], null);
    expect(clippedRuns(runs, 6, 13)).toEqual([{ level: 4, start: 6, end: 13 }]);
    expect(clippedRuns(runs, 0, 18)).toEqual(runs);
    expect(clippedRuns(runs, 3, 14).map(({ level, start, end }) => [level, start, end])).toEqual([
      [5, 3, 4],
      [4, 4, 13],
      [0, 13, 14],
    ]);
    expect(clippedRuns(runs, 18, 20)).toEqual([]);
  });

  it('find the token of a place', () => {
    expect(['the', 'red', 'away'].map((word) => tokenAt(MEMORY.ends, TEXT.indexOf(word)))).toEqual([1, 2, 8]);
    expect(isHeld(MEMORY.held[13], 7)).toBe(true);
    expect(isHeld(MEMORY.held[14], 7)).toBe(false);
    expect(isHeld(undefined, 7)).toBe(false);
  });
});
