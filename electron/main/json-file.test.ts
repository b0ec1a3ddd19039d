import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { JsonFile } from './json-file.js';

let path: string;
let damaged: string[];

const open = () =>
  new JsonFile({ path, schema: z.array(z.string()), empty: [], onDamaged: (keptAs) => damaged.push(keptAs) });

beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'json-file-')), 'kept.json');
  damaged = [];
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 1, 3, 4, 5, 6) });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(join(path, '..'), { recursive: true });
});

test('what is written is read again', async () => {
  await open().update(['a']);
  expect(open().current).toEqual(['a']);
});

test('a damaged file is kept under the time at which it was set aside, so the next one does not replace it', async () => {
  for (const text of ['first', 'second']) {
    writeFileSync(path, text);
    await open().update(['a']);
    vi.setSystemTime(Date.now() + 1000);
  }
  expect(damaged).toEqual([`${path}.damaged-2026-02-03T04-05-06.000Z`, `${path}.damaged-2026-02-03T04-05-07.000Z`]);
  expect(damaged.map((kept) => readFileSync(kept, 'utf8'))).toEqual(['first', 'second']);
  expect(readdirSync(join(path, '..'))).toHaveLength(3);
});

test('one is set aside before anything is written where that is wanted, once', async () => {
  const whole = open();
  expect(await whole.setAside()).toBeNull();
  writeFileSync(path, 'damaged');
  const file = open();
  expect(await file.setAside()).toBe(`${path}.damaged-2026-02-03T04-05-06.000Z`);
  expect(readdirSync(join(path, '..'))).toHaveLength(1);
  await file.update(['a']);
  vi.setSystemTime(Date.now() + 1000);
  expect(await file.setAside()).toBe(`${path}.damaged-2026-02-03T04-05-06.000Z`);
  expect([damaged.length, open().current]).toEqual([1, ['a']]);
});

test('one that cannot be set aside is not written over, and that is said', async () => {
  writeFileSync(path, 'damaged');
  const kept = `${path}.damaged-2026-02-03T04-05-06.000Z`;
  mkdirSync(kept);
  const file = open();
  const refusal = { code: 'FILE_UNWRITABLE', message: expect.stringMatching(/cannot be set aside.*by hand/) };
  await expect(file.update(['a'])).rejects.toMatchObject(refusal);
  expect([readFileSync(path, 'utf8'), damaged]).toEqual(['damaged', []]);
  await rm(path);
  await file.update(['a', 'b']);
  expect(open().current).toEqual(['a', 'b']);
});

test('one that is there and cannot be read is set aside as well, not taken for none', async () => {
  mkdirSync(path);
  await open().update(['a']);
  expect(damaged).toEqual([`${path}.damaged-2026-02-03T04-05-06.000Z`]);
  expect(open().current).toEqual(['a']);
});
