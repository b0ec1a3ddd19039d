import { expect, test } from 'vitest';
import { fileProblem } from './file-problem.js';

test.each([
  ['ENOENT', 'MODEL_FILE_MISSING', 'no model at /m.gguf'],
  ['ENOTDIR', 'MODEL_FILE_MISSING', 'no model at /m.gguf'],
  ['EACCES', 'MODEL_FILE_UNREADABLE', 'not permitted'],
  ['EPERM', 'MODEL_FILE_UNREADABLE', 'not permitted'],
  ['EIO', 'MODEL_FILE_UNREADABLE', 'i/o error'],
])('%s is %s', (systemCode, code, message) => {
  const problem = fileProblem('/m.gguf', Object.assign(new Error('i/o error'), { code: systemCode }));
  expect(problem).toMatchObject({ code, message: expect.stringContaining(message) });
});
