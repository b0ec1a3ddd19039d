import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScoredLayer, selectUnderOneBudget } from './one-budget.js';

const HEADS = 2;

const layer: fc.Arbitrary<ScoredLayer> = fc.integer({ min: 1, max: 40 }).chain((length) =>
  fc
    .record({
      places: fc.array(fc.uniqueArray(fc.nat(99), { minLength: length, maxLength: length }), {
        minLength: HEADS,
        maxLength: HEADS,
      }),
      scores: fc.array(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length }), {
        minLength: HEADS,
        maxLength: HEADS,
      }),
    })
    .map(({ places, scores }) => ({
      positions: places.map((head) => Int32Array.from(head).sort()),
      scores: scores.map((head) => Float32Array.from(head)),
    })),
);
const layers = fc.array(layer, { minLength: 1, maxLength: 5 });
const total = (kept: readonly (readonly Int32Array[])[]) => kept.flat().reduce((sum, rows) => sum + rows.length, 0);

const shares = fc.option(fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }));

describe('one budget over all layers and heads', () => {
  it('is kept to, but for what is fixed; heads of a layer keep equally many, none twice', () => {
    fc.assert(
      fc.property(layers, fc.nat(300), fc.nat(99), shares, (all, rows, sinks, given) => {
        const layerShares = given ?? undefined;
        const isFixed = (place: number) => place < sinks;
        const kept = [...selectUnderOneBudget(all, { rows, isFixed, layerShares })];
        kept.forEach((heads, l) => {
          expect(new Set(heads.map(({ length }) => length)).size).toBe(1);
          heads.forEach((chosen, head) => {
            expect([...chosen]).toEqual([...new Set(chosen)].sort((a, b) => a - b));
            const fixed = [...all[l].positions[head].keys()].filter((row) => isFixed(all[l].positions[head][row]));
            expect([...chosen]).toEqual(expect.arrayContaining(fixed));
          });
        });
        // A head with more sinks than its share makes the others of its layer as long.
        const unavoidable = all.reduce((sum, { positions }) => {
          return sum + HEADS * Math.max(...positions.map((places) => places.filter(isFixed).length));
        }, 0);
        expect(total(kept)).toBeLessThanOrEqual(Math.max(rows, unavoidable + rows));
        if (sinks === 0) expect(total(kept)).toBeLessThanOrEqual(rows);
      }),
    );
  });

  it('keeps everything where there is room for it', () => {
    fc.assert(
      fc.property(layers, shares, (all, given) => {
        const layerShares = given ?? undefined;
        const kept = [...selectUnderOneBudget(all, { rows: 1000, isFixed: () => false, layerShares })];
        kept.forEach((heads, l) => {
          heads.forEach((chosen, head) => {
            expect(chosen).toHaveLength(all[l].positions[head].length);
          });
        });
      }),
    );
  });

  it('takes from the layer whose rows are worth least, and in each head the best', () => {
    const places = Int32Array.from([0, 1, 2, 3]);
    const rich = {
      positions: [places, places],
      scores: [[9, 8, 7, 6].map(Number), [6, 7, 8, 9]].map((s) => Float32Array.from(s)),
    };
    const poor = {
      positions: [places, places],
      scores: [
        [1, 5, 2, 3],
        [1, 2, 4, 3],
      ].map((s) => Float32Array.from(s)),
    };
    const kept = [...selectUnderOneBudget([rich, poor], { rows: 10, isFixed: () => false })];
    expect(kept.map((heads) => heads.map((rows) => [...rows]))).toEqual([
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
      [[1], [2]],
    ]);
  });

  it('is divided among layers as it was measured that they need it, whatever their scores', () => {
    const places = Int32Array.from({ length: 40 }, (_, i) => i);
    const made = (score: number) => ({
      positions: [places, places],
      scores: [0, 1].map(() => new Float32Array(40).fill(score)),
    });
    const kept = [
      ...selectUnderOneBudget([made(0.1), made(0.9), made(0.5)], {
        rows: 2 * 75,
        isFixed: () => false,
        layerShares: [0.5, 0.25, 1],
      }),
    ];
    // The last has no more than 40.
    expect(kept.map(([{ length }]) => length)).toEqual([23, 11, 40]);
  });

  it('keeps fixed rows where they alone are more than the budget', () => {
    const places = Int32Array.from([0, 1, 2, 9]);
    const scores = [Float32Array.from([0, 0, 0, 1])];
    const [[rows]] = selectUnderOneBudget([{ positions: [places], scores }], {
      rows: 1,
      isFixed: (place) => place < 3,
    });
    expect([...rows]).toEqual([0, 1, 2]);
  });
});
