import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { madeTrace } from '../../engine/trace/fixtures/made-trace.js';
import { readTraceFile } from './trace-file.js';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'trace-')), 'trace.json');
});

const refused = (message: RegExp) =>
  expect(readTraceFile(path)).rejects.toMatchObject({
    code: 'TRACE_INVALID',
    message: expect.stringMatching(message),
  });

test('a trace comes back as it was saved', async () => {
  const trace = madeTrace({ promptTokens: 5, answerTokens: 3, text: 'abcdefgh' });
  writeFileSync(path, JSON.stringify(trace));
  expect(await readTraceFile(path)).toEqual(trace);
});

test('what is none is refused by its cause', async () => {
  await refused(/cannot be read as text: .*no such file/);
  writeFileSync(path, Uint8Array.of(0xff, 0xfe, 0));
  await refused(/cannot be read as text/);
  writeFileSync(path, '{"format":');
  await refused(/holds no JSON/);
  truncateSync(path, 65e6);
  await refused(/65000000 bytes; a trace has 64000000 at most/);
});
