import { expect, test } from 'vitest';
import { describeError, isLocalFault, SetupError } from './setup-error.mjs';

const systemError = (code, path) => Object.assign(new Error(`${code}: it failed`), { code, path });

test('cause first, then the next step', () => {
  expect(describeError(new SetupError('No pip.', 'Install pip.'))).toBe('No pip.\n→ Install pip.');
});

test.each([
  ['ENOSPC', 'disk is full'],
  ['EACCES', 'No permission to write /here'],
  ['EROFS', 'No permission to write /here'],
  ['EOTHER', 'EOTHER: it failed'],
])('%s gets a cause and a next step', (code, words) => {
  const text = describeError(systemError(code, '/here'));
  expect(text).toContain(words);
  expect(text).toMatch(/\n→ .+/);
});

test("a fault of this machine's disk is found behind a wrapping error", () => {
  const wrapped = new Error('download', { cause: systemError('ENOSPC') });
  expect(isLocalFault(wrapped)).toBe(true);
  expect(describeError(wrapped)).toContain('disk is full');
  expect(isLocalFault(new Error('download', { cause: systemError('ECONNREFUSED') }))).toBe(false);
});
