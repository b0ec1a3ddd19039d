import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setLanguage } from '../../../locales/words.js';
import { finishedSentences, speakable, unspoken } from './sentences.js';

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
      'Title Bold and code, a link x = 1',
    );
    expect(speakable('| a | b |\n| --- | ---: |\n| 1 | 2 |')).toBe('a, b. 1, 2.');
  });

  it('tells code by its language and length, when it is whole', () => {
    const open = 'Here it is.\n\n```python\nx = 1.\ny = 2\n';
    const before = finishedSentences(open, 0);
    expect(before).toEqual({ spoken: 'Here it is.', next: open.indexOf('```') });
    expect(finishedSentences(`${open}\`\`\`\nDone. And`, before.next).spoken).toBe('Python, 2 lines. Done.');
    expect(finishedSentences('```\na\n```', 0).spoken).toBe('Code, 1 line.');
  });

  it('tells it in the language of the window', () => {
    setLanguage('de');
    expect(unspoken('So:\n```\na\nb\n```\nund $$x$$', 0)).toBe('So: Code, 2 Zeilen. und Formel x');
    setLanguage('en');
  });

  it('says formulas as such, and nothing that hides', () => {
    expect(speakable('So $$\\frac{1}{2}$$ and \\(n\\).')).toBe('So formula frac 1 2 and formula n.');
    expect(speakable('ba\u200bnk')).toBe('bank');
  });

  it('does not stop at the number of a list item', () => {
    expect(finishedSentences('Two:\n1. One', 0)).toEqual({ spoken: 'Two:', next: 5 });
    expect(finishedSentences('1. One\n2. Two', 0).spoken).toBe('1. One');
  });

  it('comes to an end with an answer of 100 MB', () => {
    const line = 'x'.repeat(100_000_000);
    const before = process.cpuUsage();
    expect(finishedSentences(line, 0).next).toBe(4000);
    const said = unspoken(line, 4000);
    expect(said.length).toBeLessThan(30_000);
    expect(said).toMatch(/The rest is in the chat\.$/);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
  });

  it('says what is left of an answer that ends in the middle', () => {
    expect(unspoken('One. Two. And thr', 5)).toBe('Two. And thr');
    expect(unspoken('See:\n```js\nlet a', 0)).toBe('See: let a');
    expect(unspoken('done', 4)).toBe('');
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
