import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf, linesOf } from './text-blocks.js';

const LINE = `${'word '.repeat(50).trim()}.`;

test('a short text is one block, an empty one none', () => {
  expect(blocksOf('red\n\nboat')).toEqual([{ start: 0, text: 'red\n\nboat' }]);
  expect(blocksOf('')).toEqual([]);
});

test('a long text is cut at line breaks; an empty line begins the next block', () => {
  const text = Array.from({ length: 20 }, () => LINE).join('\n\n');
  const blocks = blocksOf(text);
  expect(blocks.length).toBeGreaterThan(2);
  expect(blocks[0].text.endsWith('word.')).toBe(true);
  expect(blocks[1].text.startsWith('\nword')).toBe(true);
});

test('a line without end is cut between words', () => {
  const blocks = blocksOf('word '.repeat(5000));
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks.every(({ text }) => text.startsWith('word'))).toBe(true);
  expect(blocksOf('x'.repeat(9000))).toHaveLength(1);
});

test('nothing is lost but the one character that is cut at', () => {
  const words = fc.array(fc.constantFrom('a', 'longer words here', '\n', '\n\n', ' ', LINE, LINE.repeat(30)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(words, (parts) => {
      const text = parts.join(' ');
      let end = -1;
      for (const block of blocksOf(text)) {
        expect(block.start).toBe(end + 1);
        if (end >= 0) expect('\n ').toContain(text[end]);
        end = block.start + block.text.length;
        expect(text.slice(block.start, end)).toBe(block.text);
      }
      expect(end).toBeGreaterThanOrEqual(text === '' ? -1 : text.length - 1);
    }),
  );
});

test('lines are those of the text and those that the width makes of them', () => {
  expect(linesOf({ start: 0, text: `one\n\n${'x'.repeat(81)}` }, 80)).toBe(4);
});
