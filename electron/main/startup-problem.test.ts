import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWriteProblem, startupProblem } from './startup-problem.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'startup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder that can be made and written to is no problem, and is left empty', () => {
  const inner = join(folder, 'a b', 'ü');
  expect(startupProblem(inner)).toBeNull();
  expect(readdirSync(inner)).toEqual([]);
});

test('a folder that cannot be is named, with the way out', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const problem = startupProblem(join(file, 'data'))?.();
  expect(problem).toContain(join(file, 'data'));
  expect(problem).toContain('ENOTDIR');
  expect(problem).toContain('--user-data-dir');
});

test.each([
  ['ENOSPC', 'The disk is full'],
  ['EDQUOT', 'The disk is full'],
  ['EROFS', 'writing there is not permitted'],
  ['EACCES', 'writing there is not permitted'],
])('%s in words', (code, words) => {
  expect(describeWriteProblem('/data', Object.assign(new Error('failed'), { code }))).toContain(words);
});
