import { expect, test } from 'vitest';
import { introduced, introduction, whyNotStarted } from './second-instance.js';

test.each([null, '/models/ein Modell – größer.gguf'])('what one app tells, the other hears: model %j', (modelPath) => {
  const told = introduction({ version: '1.2.3', modelPath });
  expect(told.instance).toMatch(/^[\x21-\x7e]+$/);
  expect(introduced(told)).toEqual({ version: '1.2.3', modelPath });
});

test.each([
  undefined,
  null,
  {},
  { instance: 7 },
  { instance: '%' },
  { instance: 'no JSON' },
  introduction({ version: '1', modelPath: 2 as unknown as string }),
])('%j tells nothing', (other) => {
  expect(introduced(other)).toBeNull();
});

test('only another version is told that it was not started', () => {
  expect(whyNotStarted('1.0.0', '1.0.0')).toBeNull();
  const words = whyNotStarted('1.0.0', '1.1.0');
  expect(words?.message).toContain('1.0.0');
  expect(words?.message).toContain('version 1.1.0 was not started');
  expect(words?.detail).toContain('Quit this one first');
});
