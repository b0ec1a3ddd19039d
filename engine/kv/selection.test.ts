import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  droppedSpan,
  lostShare,
  outlook,
  recentScores,
  type Selection,
  selectByHead,
  selectRows,
} from './selection.js';

interface Given {
  selection: Selection;
  positions: Int32Array;
  scores: Float32Array;
}

const SCORES = recentScores(null);

const selection = fc
  .record({
    windowStart: fc.nat(220),
    sinkLength: fc.nat(8),
    pinned: fc.uniqueArray(fc.nat(200), { maxLength: 10 }),
    contextCount: fc.nat(90),
    perHead: fc.boolean(),
  })
  .map(
    ({ pinned, ...rest }): Selection => ({
      ...rest,
      scores: SCORES,
      isPinned: (position) => pinned.includes(position),
    }),
  );

const ascending = (length: { minLength: number; maxLength: number }) =>
  fc.uniqueArray(fc.nat(200), length).map((all) => Int32Array.from(all).sort());

/** Rows of a text with gaps, as deeper layers have them, with scores of which many are equal. */
const given: fc.Arbitrary<Given> = fc
  .record({
    selection,
    positions: ascending({ minLength: 1, maxLength: 80 }),
    scores: fc.array(fc.nat(6), { minLength: 80, maxLength: 80 }),
  })
  .map(({ scores, ...rest }) => ({ ...rest, scores: Float32Array.from(scores.slice(0, rest.positions.length)) }));

const isProtected = ({ windowStart, sinkLength, isPinned }: Selection, position: number) =>
  position >= windowStart || position < sinkLength || isPinned(position);

const keptRows = ({ selection, positions, scores }: Given) => [...selectRows(selection, positions, scores)];

describe('selectRows', () => {
  it('gives ascending rows, each once', () => {
    fc.assert(
      fc.property(given, (one) => {
        const rows = keptRows(one);
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        for (const row of rows) expect(row).toBeLessThan(one.positions.length);
      }),
    );
  });

  it('keeps sinks, pins and the window, and as many others as were asked for', () => {
    fc.assert(
      fc.property(given, (one) => {
        const rows = new Set(keptRows(one));
        const { positions, selection } = one;
        positions.forEach((position, row) => {
          if (isProtected(selection, position)) expect(rows.has(row)).toBe(true);
        });
        const context = [...positions.keys()].filter((row) => positions[row] < selection.windowStart);
        const fixed = context.filter((row) => isProtected(selection, positions[row])).length;
        const kept = context.filter((row) => rows.has(row)).length;
        expect(kept).toBe(Math.min(context.length, Math.max(selection.contextCount, fixed)));
      }),
    );
  });

  it('drops no row that scores higher than one it keeps by score; of equal ones the later', () => {
    fc.assert(
      fc.property(given, (one) => {
        const rows = new Set(keptRows(one));
        const open = [...one.positions.keys()].filter((row) => !isProtected(one.selection, one.positions[row]));
        const dropped = open.filter((row) => !rows.has(row));
        for (const kept of open.filter((row) => rows.has(row))) {
          for (const lost of dropped) {
            expect(one.scores[lost]).toBeLessThanOrEqual(one.scores[kept]);
            if (one.scores[lost] === one.scores[kept]) expect(lost).toBeGreaterThan(kept);
          }
        }
      }),
    );
  });

  it('does not depend on the scale of the scores', () => {
    fc.assert(
      fc.property(given, fc.constantFrom(2 ** -20, 0.5, 8, 2 ** 20), (one, scale) => {
        const scaled = { ...one, scores: one.scores.map((score) => score * scale) };
        expect(keptRows(scaled)).toEqual(keptRows(one));
      }),
    );
  });

  it('changes neither rows nor scores', () => {
    fc.assert(
      fc.property(given, (one) => {
        const before = { positions: one.positions.slice(), scores: one.scores.slice() };
        keptRows(one);
        expect({ positions: one.positions, scores: one.scores }).toEqual(before);
      }),
    );
  });
});

describe('outlook', () => {
  it('tells whether rows are dropped, and whether scores decide which', () => {
    fc.assert(
      fc.property(given, (one) => {
        const { drops, needsScores } = outlook(one.selection, one.positions);
        const rows = keptRows(one);
        expect(drops).toBe(rows.length < one.positions.length);
        if (needsScores) return;
        const others = one.scores.map((score) => 6 - score);
        expect(keptRows({ ...one, scores: others })).toEqual(rows);
      }),
    );
  });
});

describe('selectByHead', () => {
  const QUERY_HEADS = 4;
  const heads = fc
    .record({
      selection,
      length: fc.integer({ min: 1, max: 60 }),
      places: fc.array(fc.uniqueArray(fc.nat(200), { minLength: 60, maxLength: 60 }), { minLength: 2, maxLength: 2 }),
      scores: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: QUERY_HEADS * 60, maxLength: QUERY_HEADS * 60 }),
    })
    .map(({ selection, length, places, scores }) => ({
      selection,
      positions: places.map((all) => Int32Array.from(all.slice(0, length)).sort()),
      scores: Float32Array.from(scores.slice(0, QUERY_HEADS * length)),
    }));

  it('lets every head keep equally many, its sinks, pins and window among them', () => {
    fc.assert(
      fc.property(heads, ({ selection, positions, scores }) => {
        const kept = selectByHead(selection, positions, scores);
        expect(new Set(kept.map((rows) => rows.length)).size).toBe(1);
        positions.forEach((places, head) => {
          const rows = new Set(kept[head]);
          places.forEach((position, row) => {
            if (isProtected(selection, position)) expect(rows.has(row)).toBe(true);
          });
        });
      }),
    );
  });

  it('keeps no more than the head that must keep most', () => {
    fc.assert(
      fc.property(heads, ({ selection, positions, scores }) => {
        const alone = positions.map((places) => selectRows(selection, places, scores.subarray(0, places.length)));
        const [kept] = selectByHead(selection, positions, scores);
        expect(kept.length).toBe(Math.max(...alone.map((rows) => rows.length)));
      }),
    );
  });

  it('gives each head rows by its own query heads, or all the same by the mean of all', () => {
    const positions = [0, 1].map(() => Int32Array.from([0, 1, 2, 3]));
    const none = { windowStart: 9, sinkLength: 0, isPinned: () => false, contextCount: 1, scores: SCORES };
    const scores = Float32Array.from(
      [
        [0, 9, 0, 0],
        [0, 0, 8, 0],
        [0, 0, 5, 0],
        [0, 0, 5, 0],
      ].flat(),
    );
    const rows = (perHead: boolean) => selectByHead({ ...none, perHead }, positions, scores).map((kept) => [...kept]);
    expect(rows(true)).toEqual([[1], [2]]);
    expect(rows(false)).toEqual([[2], [2]]);
  });

  it('does not mix scores of places that are not the same, where heads hold other rows', () => {
    const positions = [Int32Array.from([0, 1, 2]), Int32Array.from([0, 3, 4])];
    const scores = Float32Array.from(
      [
        [0, 9, 8],
        [0, 0, 7],
      ].flat(),
    );
    const selection = { windowStart: 9, sinkLength: 0, isPinned: () => false, contextCount: 1, scores: SCORES };
    const kept = selectByHead({ ...selection, perHead: false }, positions, scores);
    expect(kept.map((rows) => [...rows])).toEqual([[1], [2]]);
  });

  it('scores by all heads what stands in the same rows of each, whatever else they hold', () => {
    const positions = [Int32Array.from([0, 3, 8, 9]), Int32Array.from([1, 2, 8, 9])];
    const scores = Float32Array.from(
      [
        [0, 0, 9, 0],
        [0, 0, 0, 10],
      ].flat(),
    );
    const isPinned = (place: number) => place < 8;
    const selection = { windowStart: 20, sinkLength: 0, isPinned, contextCount: 3, scores: SCORES };
    const kept = selectByHead({ ...selection, perHead: false }, positions, scores);
    expect(kept.map((rows) => [...rows])).toEqual([
      [0, 1, 3],
      [0, 1, 3],
    ]);
  });
});

describe('droppedSpan', () => {
  it('reaches from the first to the last place that is not kept', () => {
    fc.assert(
      fc.property(given, (one) => {
        const rows = new Set(keptRows(one));
        const lost = [...one.positions].filter((_, row) => !rows.has(row));
        const span = droppedSpan(one.positions, selectRows(one.selection, one.positions, one.scores));
        expect(span).toEqual(lost.length === 0 ? null : { lowest: lost[0], highest: lost[lost.length - 1] });
      }),
    );
  });
});

describe('lostShare', () => {
  it('is of all attention what rows got that are not kept, each head by what its own KV head keeps', () => {
    // Two query heads for each of two KV heads, three rows.
    const attention = Float32Array.from([1, 2, 1, 0, 0, 4, 2, 2, 0, 1, 1, 2]);
    expect(lostShare(attention, 3, [Int32Array.of(0, 2), Int32Array.of(1)])).toBeCloseTo(1 - 9 / 16, 6);
    expect(lostShare(attention, 3, [Int32Array.of(0, 1, 2), Int32Array.of(0, 1, 2)])).toBe(0);
  });
});
