import { expect, test } from 'vitest';
import { exitWords } from './exit-words.js';

test('a processor without a needed instruction is named as the cause', () => {
  expect(exitWords({ code: 132, duringLoad: true })).toMatch(/while loading the model .* This processor lacks/);
  expect(exitWords({ code: 9, duringLoad: false })).toBe('The engine stopped unexpectedly (exit code 9).');
});

test('they are in the language that is asked for', () => {
  expect(exitWords({ code: 9, duringLoad: false }, 'de')).toMatch(/^Die Engine/);
});
