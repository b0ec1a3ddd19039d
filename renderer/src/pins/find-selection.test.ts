import { describe, expect, it } from 'vitest';
import { findInSource } from './find-selection.js';

const found = (source: string, shown: string, before = '') => {
  const range = findInSource(source, shown, before);
  return range && source.slice(range.from, range.to);
};

describe('what is selected is found in its source', () => {
  it('whatever marks of formatting stand between its words', () => {
    expect(found('The **code** is `4711`.\n\n- Keep it', 'code is 4711. Keep')).toBe('code** is `4711`.\n\n- Keep');
    expect(found('| Sensor | Drift |\n| --- | --- |\n| P2 | +38 |', 'Drift\nP2\t+38')).toBe(
      'Drift |\n| --- | --- |\n| P2 | +38',
    );
  });

  it('by whole words, where a selection begins or ends within one', () => {
    expect(found('Remember the number', 'ember the num')).toBe('Remember the number');
    expect(found('Remember the number', 'memb')).toBe('Remember');
  });

  it('where it was selected, of several that read the same', () => {
    const source = 'one two. one two. one two.';
    expect(findInSource(source, 'one two', 'one two. ')).toEqual({ from: 9, to: 16 });
    expect(findInSource(source, 'one two', 'one two. one two. ')).toEqual({ from: 18, to: 25 });
  });

  it('not at all, where the source has no such words in a row', () => {
    expect(found('one two three', 'one three')).toBeNull();
    expect(found('one two three', ' … ')).toBeNull();
    expect(found('', 'one')).toBeNull();
  });

  it('in any script', () => {
    expect(found('Größe: 12 µm, 漢字 und ελληνικά', '漢字 und')).toBe('漢字 und');
  });
});
