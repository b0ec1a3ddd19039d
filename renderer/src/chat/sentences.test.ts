import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishedSentences, speakable } from './sentences.js';

describe('what is read aloud', () => {
  it('waits for the end of a sentence', () => {
    expect(finishedSentences('Red is a colo', 0)).toEqual({ spoken: '', next: 0 });
    expect(finishedSentences('It costs 3.50', 0).spoken).toBe('');
    expect(finishedSentences('Red. Blue is an', 0)).toEqual({ spoken: 'Red.', next: 4 });
    expect(finishedSentences('Red. Blue is another. And', 4)).toEqual({ spoken: 'Blue is another.', next: 21 });
    expect(finishedSentences('- one\n- two', 0).spoken).toBe('one');
  });

  it('says words, not marks', () => {
    expect(speakable('## Title\n\n**Bold** and `code`, [a link](https://x.org)\n```python\nx = 1\n```')).toBe(
      'Title Bold and code , a link x = 1',
    );
    expect(speakable('| a | b |\n| --- | ---: |\n| 1 | 2 |')).toBe('a b 1 2');
  });

  it('says every part once, however the text arrives', () => {
    const words = fc.array(fc.constantFrom('Red', 'blue', '3.5', 'Yes.', 'Really?', 'So!\n', 'end.'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, fc.array(fc.nat(200), { maxLength: 10 }), (parts, stops) => {
        const text = parts.join(' ');
        let next = 0;
        const spoken: string[] = [];
        for (const stop of [...stops.sort((a, b) => a - b), text.length]) {
          const said = finishedSentences(text.slice(0, Math.max(next, stop)), next);
          spoken.push(said.spoken);
          next = said.next;
        }
        const all = [...spoken, speakable(text.slice(next))].filter(Boolean).join(' ');
        expect(all).toBe(speakable(text));
      }),
    );
  });
});
