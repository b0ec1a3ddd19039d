import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './testing/temporary-folder.js';
import { writeWholeFile } from './whole-file.js';

test('a file takes the place of the one before, in a folder that need not be there', async () => {
  const file = path.join(await temporaryFolder(), 'new', 'one.json');
  await writeWholeFile(file, 'first');
  await writeWholeFile(file, 'second');
  expect(await readFile(file, 'utf8')).toBe('second');
});

test('what cannot be written is said, and leaves nothing', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'taken', 'full'), { recursive: true });
  const failing = writeWholeFile(path.join(folder, 'taken'), 'text');
  await expect(failing).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', message: expect.stringContaining('taken') });
  expect(await readdir(folder)).toEqual(['taken']);
});
