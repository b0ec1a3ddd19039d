import { expect, test } from 'vitest';
import { answerOf, CHARACTERS_PER_TOKEN, pieces } from './streaming-text.js';

test('an answer has the length that was asked for, and a bit of everything', () => {
  const text = answerOf(2000, 1);
  expect(text).toHaveLength(2000 * CHARACTERS_PER_TOKEN);
  for (const part of ['```python', '| --- |', '\\[ ', '1. ', '](https']) expect(text).toContain(part);
  expect(answerOf(2000, 2)).not.toBe(text);
});

test('pieces are the text, none left out', () => {
  const text = answerOf(100, 1);
  const cut = pieces(text, 100 / 30);
  expect(cut.join('')).toBe(text);
  expect(cut).toHaveLength(30);
});
