import { expect, test } from 'vitest';
import { runtimeError } from './ort-error.js';

test.each([
  'Failed to allocate memory for requested buffer of size 4294967296',
  'Exception during initialization: std::bad_alloc',
  'bad allocation',
])('%s: memory has run out', (message) => {
  expect(runtimeError(message)).toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringMatching(/shorter context/),
  });
});

test('anything else keeps its words and its number', () => {
  expect(runtimeError('Invalid rank for input: hidden', 2)).toMatchObject({
    code: 'RUNTIME_FAILED',
    message: expect.stringContaining('Invalid rank for input: hidden'),
    details: { ortCode: 2 },
  });
});
