import { expect, test } from 'vitest';
import { seededRandom } from '../sampling/random.js';
import { makeCases } from './make-cases.js';

const paragraph = (i: number) =>
  Array.from({ length: 10 }, (_, j) => `Sentence ${i} ${j} tells of the river and of the boats that go down it .`).join(
    ' ',
  );
const text = ['= Heading =', ...Array.from({ length: 60 }, (_, i) => paragraph(i))].join('\n');
const countWords = (stretch: string) => stretch.trim().split(/\s+/).length;
const plan = { cases: 5, facts: 4, tokens: 1000 };
const make = (seed: number) => makeCases(text, plan, countWords, seededRandom(seed));

test('same seed, same cases; another seed, others', () => {
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
});

test('each fact stands once, between sentences, in the middle eight tenths; its question has its code', () => {
  for (const { context, questions } of make(3)) {
    expect(questions).toHaveLength(4);
    expect(new Set(questions.map(({ answer }) => answer)).size).toBe(4);
    expect(countWords(context)).toBeGreaterThan(950);
    expect(countWords(context)).toBeLessThan(1050);
    expect(context).not.toContain('Heading');
    for (const { question, answer, answerPrefix } of questions) {
      expect(answer).toMatch(/^\d{5}$/);
      const name = /^What is the access code for (\w+)\?$/.exec(question)?.[1];
      expect(answerPrefix).toBe(`The access code for ${name} is`);
      const parts = context.split(`. The access code for ${name} is ${answer}. `);
      expect(parts).toHaveLength(2);
      const depth = parts[0].length / context.length;
      expect(depth).toBeGreaterThan(0.08);
      expect(depth).toBeLessThan(0.92);
    }
  }
});

test('facts are spread over the depth, and not asked for in their order', () => {
  const depths = make(4).map(({ context, questions }) =>
    questions.map(({ answerPrefix }) => context.indexOf(answerPrefix ?? '') / context.length),
  );
  for (const ofCase of depths) {
    const sorted = [...ofCase].sort((a, b) => a - b);
    expect(sorted[0]).toBeLessThan(0.35);
    expect(sorted[3]).toBeGreaterThan(0.65);
  }
  expect(depths.some((ofCase) => ofCase.some((depth, i) => depth < (ofCase[i - 1] ?? 0)))).toBe(true);
});

test('a text with less prose than a case takes is refused', () => {
  expect(() => makeCases(paragraph(0), plan, countWords, seededRandom(1))).toThrow(
    expect.objectContaining({ code: 'TEXT_TOO_SHORT' }),
  );
  expect(() => makeCases('Short.', plan, countWords, seededRandom(1))).toThrow(/0 tokens of prose/);
});
