import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidates, selectRows } from './select-rows.js';

/** Rows of a text with gaps, as deeper layers have them, with scores of which many are equal. */
const candidates: fc.Arbitrary<Candidates> = fc
  .record({
    positions: fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 80 }).map((all) => Int32Array.from(all).sort()),
    scores: fc.array(fc.nat(6), { minLength: 80, maxLength: 80 }),
    windowStart: fc.nat(220),
    sinkLength: fc.nat(8),
    pinned: fc.uniqueArray(fc.nat(200), { maxLength: 10 }),
    contextCount: fc.nat(90),
  })
  .map(({ positions, scores, pinned, ...rest }) => ({
    ...rest,
    positions,
    scores: Float32Array.from(scores.slice(0, positions.length)),
    isPinned: (position: number) => pinned.includes(position),
  }));

const isProtected = ({ windowStart, sinkLength, isPinned }: Candidates, position: number) =>
  position >= windowStart || position < sinkLength || isPinned(position);

describe('selectRows', () => {
  it('gives ascending rows, each once', () => {
    fc.assert(
      fc.property(candidates, (given) => {
        const rows = [...selectRows(given)];
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        for (const row of rows) expect(row).toBeLessThan(given.positions.length);
      }),
    );
  });

  it('keeps sinks, pins and the window, and as many others as were asked for', () => {
    fc.assert(
      fc.property(candidates, (given) => {
        const rows = new Set(selectRows(given));
        const { positions, windowStart, contextCount } = given;
        positions.forEach((position, row) => {
          if (isProtected(given, position)) expect(rows.has(row)).toBe(true);
        });
        const context = [...positions.keys()].filter((row) => positions[row] < windowStart);
        const fixed = context.filter((row) => isProtected(given, positions[row])).length;
        const kept = context.filter((row) => rows.has(row)).length;
        expect(kept).toBe(Math.min(context.length, Math.max(contextCount, fixed)));
      }),
    );
  });

  it('drops no row that scores higher than one it keeps by score', () => {
    fc.assert(
      fc.property(candidates, (given) => {
        const rows = new Set(selectRows(given));
        const open = [...given.positions.keys()].filter((row) => !isProtected(given, given.positions[row]));
        const score = (row: number) => given.scores[row];
        const worstKept = Math.min(...open.filter((row) => rows.has(row)).map(score));
        const bestDropped = Math.max(...open.filter((row) => !rows.has(row)).map(score));
        expect(bestDropped).toBeLessThanOrEqual(worstKept);
      }),
    );
  });

  it('does not depend on the scale of the scores', () => {
    fc.assert(
      fc.property(candidates, fc.constantFrom(2 ** -20, 0.5, 8, 2 ** 20), (given, scale) => {
        const scaled = { ...given, scores: given.scores.map((score) => score * scale) };
        expect(selectRows(scaled)).toEqual(selectRows(given));
      }),
    );
  });
});
