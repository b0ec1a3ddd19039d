import { expect, test } from 'vitest';
import { parseRetrievalCases } from './retrieval-cases.js';

const good = { context: 'A text.', questions: [{ question: 'What?', answer: 'that', answerPrefix: 'It is' }] };

test('a case a line; empty lines do not count', () => {
  const text = `${JSON.stringify(good)}\n\n${JSON.stringify({ ...good, note: 'ignored' })}\n`;
  expect(parseRetrievalCases(text, 'c.jsonl')).toEqual([good, good]);
});

test.each<[string, unknown, RegExp]>([
  ['no answer', { ...good, questions: [{ question: 'What?' }] }, /c\.jsonl:2: questions\[0\]\.answer/],
  [
    'an empty answer',
    { ...good, questions: [{ question: 'What?', answer: ' ' }] },
    /c\.jsonl:2: questions\[0\]\.answer/,
  ],
  ['no questions', { ...good, questions: [] }, /c\.jsonl:2: questions/],
  ['no context', { questions: good.questions }, /c\.jsonl:2: context/],
  ['no object', 'text', /c\.jsonl:2: the line/],
])('refused, with file, line and field: %s', (_, second, words) => {
  const text = `${JSON.stringify(good)}\n${JSON.stringify(second)}`;
  expect(() => parseRetrievalCases(text, 'c.jsonl')).toThrow(expect.objectContaining({ code: 'CASES_INVALID' }));
  expect(() => parseRetrievalCases(text, 'c.jsonl')).toThrow(words);
});

test('refused: a line that is no JSON, a file without cases', () => {
  const noJson = () => parseRetrievalCases('{"context": ', 'c.jsonl');
  expect(noJson).toThrow(expect.objectContaining({ code: 'CASES_INVALID', details: { place: 'c.jsonl:1' } }));
  expect(() => parseRetrievalCases('\n', 'c.jsonl')).toThrow(/c\.jsonl holds no cases/);
});
