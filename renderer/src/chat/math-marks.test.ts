import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withMathMarks } from './math-marks.js';

describe('formulas', () => {
  it.each([
    ['so \\(a + b\\) is', 'so $$a + b$$ is'],
    ['\\[\na\n+ b\n\\]', '$$a + b$$'],
    ['$x^2$ and $y$.', '$$x^2$$ and $$y$$.'],
    [
      '$$\n\\begin{aligned}\na &= b \\\\\n- c\n\\end{aligned}\n$$',
      '$$\\begin{aligned} a &= b \\\\ - c \\end{aligned}$$',
    ],
    ['- one:\n  \\[ x \\]\n- two', '- one:\n  $$x$$\n- two'],
  ])('%j becomes %j', (written, marked) => expect(withMathMarks(written)).toBe(marked));

  it.each([
    'It costs $5, or $10 with $2 off.',
    'From $5 to$10',
    'US$5-$7',
    'Write `$x$` or ``\\(a ` b\\)``.',
    '```tex\n\\[ x \\]\n$y$\n```',
    '- ```\n  $y$\n  ```',
    '~~~\n$a$',
    'an escaped \\$5 and \\$6',
    'not closed \\[ a\n\nb \\]',
    '$ x $',
    '$$$a$$$',
  ])('%j stays', (text) => expect(withMathMarks(text)).toBe(text));

  it('are found behind code too', () => {
    expect(withMathMarks('```\n$a$\n```\n$b$ `$c$` $d$')).toBe('```\n$a$\n```\n$$b$$ `$c$` $$d$$');
  });

  it('lose nothing that is written, whatever comes', () => {
    const piece = fc.constantFrom('$', '$$', '\\(', '\\)', '\\[', '\\]', '`', '```', '\n', '\n\n', 'a', ' ', '1', '\\');
    const bare = (text: string) => text.replace(/[\s$\\()[\]]/g, '');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        expect(bare(withMathMarks(text))).toBe(bare(text));
        expect(withMathMarks(withMathMarks(text)).length).toBeLessThan(text.length * 5 + 5);
      }),
    );
  });

  it.each(['$', '$a ', '`', '\\[', '\\(', '$$ ', '``` ', '` `` ``` ', '```\n', '$a\n'])(
    '200,000 of %j take no second',
    (piece) => {
      const text = piece.repeat(200_000 / piece.length);
      const before = process.cpuUsage();
      withMathMarks(text);
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
    },
  );
});
