import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMatches } from './find-text.js';

const piecesOf = (...texts: string[]) => texts.map((data) => ({ data }));
const spans = (texts: string[], wanted: string) => {
  const pieces = piecesOf(...texts);
  return findMatches(pieces, wanted).map(({ start, end }) => [
    pieces.indexOf(start.piece),
    start.offset,
    pieces.indexOf(end.piece),
    end.offset,
  ]);
};

describe('finding', () => {
  it('takes no notice of case, nor of where one piece of text ends', () => {
    expect(spans(['The tide ', 'Gau', 'ge and the gauge'], 'gauge')).toEqual([
      [1, 0, 2, 2],
      [2, 11, 2, 16],
    ]);
  });

  it('finds neither nothing nor overlaps', () => {
    expect(spans(['aaaa'], '')).toEqual([]);
    expect(spans([], 'a')).toEqual([]);
    expect(spans(['aaaaa'], 'aa')).toEqual([
      [0, 0, 0, 2],
      [0, 2, 0, 4],
    ]);
  });

  it('keeps its places behind letters that grow when they are made small', () => {
    expect(spans(['İstanbul GAUGE'], 'gauge')).toEqual([[0, 9, 0, 14]]);
  });

  it('stops at the most that are wanted', () => {
    expect(findMatches(piecesOf('a'.repeat(5000)), 'a')).toHaveLength(1000);
  });

  it('gives places that hold what was wanted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'A') })),
        fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 }),
        (texts, wanted) => {
          const pieces = piecesOf(...texts);
          const whole = texts.join('');
          const at = ({ piece, offset }: { piece: { data: string }; offset: number }) =>
            texts.slice(0, pieces.indexOf(piece)).join('').length + offset;
          for (const { start, end } of findMatches(pieces, wanted)) {
            expect(whole.slice(at(start), at(end)).toLowerCase()).toBe(wanted);
            expect(start.offset).toBeLessThan(start.piece.data.length);
            expect(end.offset).toBeGreaterThan(0);
          }
          expect(findMatches(pieces, wanted)).toHaveLength(whole.toLowerCase().split(wanted).length - 1);
        },
      ),
    );
  });

  it('takes no time for a long chat', () => {
    const pieces = piecesOf(...Array.from({ length: 20_000 }, (_, i) => `word ${i} `));
    const before = process.cpuUsage();
    expect(findMatches(pieces, 'word')).toHaveLength(1000);
    expect(findMatches(pieces, 'nowhere')).toHaveLength(0);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
  });
});
