import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { EngineError } from '../../engine/errors.js';
import { writeWholeFile, writeWholeFileNow } from './whole-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whole-'));
});

test('a file is written whole, in place of one that was there', async () => {
  const path = join(folder, 'memory.csv');
  writeFileSync(path, 'before');
  await writeWholeFile(path, 'ms,turn\r\n');
  expect(readFileSync(path, 'utf8')).toBe('ms,turn\r\n');
  await writeWholeFile(path, Uint8Array.of(1, 2, 3));
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  expect(readdirSync(folder)).toEqual(['memory.csv']);
});

test('what must be kept at once is written whole as well, or not at all', () => {
  const path = join(folder, 'settings.json');
  writeWholeFileNow(path, 'first');
  writeWholeFileNow(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  const taken = join(folder, 'taken');
  mkdirSync(taken);
  expect(() => writeWholeFileNow(taken, 'text')).toThrow(
    expect.objectContaining({ code: 'FILE_UNWRITABLE', message: expect.stringContaining(taken) }),
  );
  expect(readdirSync(folder).toSorted()).toEqual(['settings.json', 'taken']);
});

test('pieces become one file; if one cannot be had, nothing is left', async () => {
  const path = join(folder, 'chats.json');
  const piece = 'é'.repeat(400_000);
  await writeWholeFile(path, [piece, '', piece]);
  expect(readFileSync(path, 'utf8')).toBe(piece + piece);
  function* broken(): Generator<string> {
    yield piece;
    throw new EngineError('CHATS_DAMAGED', 'gone');
  }
  await expect(writeWholeFile(path, broken())).rejects.toMatchObject({ code: 'CHATS_DAMAGED' });
  expect(readFileSync(path, 'utf8')).toBe(piece + piece);
  expect(readdirSync(folder)).toEqual(['chats.json']);
});

test('where it cannot be written, the cause is named and nothing is left', async () => {
  const taken = join(folder, 'a folder');
  mkdirSync(taken);
  for (const path of [join(folder, 'nowhere', 'memory.csv'), taken]) {
    await expect(writeWholeFile(path, 'text')).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringMatching(/cannot be written: .*Nothing was saved/s),
    });
  }
  expect(readdirSync(folder)).toEqual(['a folder']);
});
