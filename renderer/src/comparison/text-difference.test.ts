import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, textDifference } from './text-difference.js';

const differing = (pieces: readonly Piece[]) => pieces.filter(({ differs }) => differs).map(({ text }) => text);
const joined = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join('');

describe('the difference of two answers', () => {
  it('marks the words that the other has not, behind what both begin with', () => {
    const full = 'F1 read low from 2 December, because of growth.';
    const compressed = 'F1 read low from 22 January, because of growth.';
    const { head, tails } = textDifference({ full, compressed }, { sameTokens: 5, sameLength: 16 });
    expect(head).toBe('F1 read low from');
    expect(joined(tails.full)).toBe(' 2 December, because of growth.');
    expect(differing(tails.full).join('')).toMatch(/2.*December/);
    expect(differing(tails.compressed).join('')).toMatch(/22.*January/);
    expect(differing(tails.full).join('')).not.toContain('because');
  });

  it('leaves the space around words that differ unmarked, and marks it between them', () => {
    const { tails } = textDifference(
      { full: 'a one two b', compressed: 'a six ten b' },
      { sameTokens: 1, sameLength: 1 },
    );
    expect(differing(tails.full)).toEqual(['one two']);
    expect(differing(tails.compressed)).toEqual(['six ten']);
  });

  it('does not split a word that begins with the same token', () => {
    const { head, tails } = textDifference(
      { full: 'the temperature', compressed: 'the temperament' },
      { sameTokens: 2, sameLength: 10 },
    );
    expect(head).toBe('the ');
    expect(differing(tails.full)).toEqual(['temperature']);
    expect(differing(tails.compressed)).toEqual(['temperament']);
  });

  it('of a text that ends where the other goes on, leaves nothing to mark', () => {
    const { head, tails } = textDifference(
      { full: 'Yes.', compressed: 'Yes. And no.' },
      { sameTokens: 2, sameLength: 4 },
    );
    expect(head + joined(tails.full)).toBe('Yes.');
    expect(differing(tails.compressed).join('')).toContain('And no.');
  });

  it('marks all of texts that have nothing to do with each other', () => {
    const words = (name: string) => Array.from({ length: 3000 }, (_, i) => `${name}${i}`).join(' ');
    const { tails } = textDifference({ full: words('a'), compressed: words('b') }, { sameTokens: 0, sameLength: 0 });
    expect(tails.full).toEqual([{ text: words('a'), differs: true }]);
    expect(tails.compressed).toEqual([{ text: words('b'), differs: true }]);
  });

  it('loses and adds nothing of either text', () => {
    const text = fc.array(fc.constantFrom('a', 'ab', ' ', '\n', '1', 'é', '.')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, (head, a, b) => {
        const [full, compressed] = [head + a, head + b];
        const found = textDifference({ full, compressed }, { sameTokens: 1, sameLength: head.length });
        expect(found.head + joined(found.tails.full)).toBe(full);
        expect(found.head + joined(found.tails.compressed)).toBe(compressed);
      }),
    );
  });
});
