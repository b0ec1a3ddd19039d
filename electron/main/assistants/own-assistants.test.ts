import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import { OwnAssistants } from './own-assistants.js';

let path: string;
let logged: string[];
beforeEach(async () => {
  path = join(await temporaryFolder(), 'assistants.json');
  logged = [];
});
const open = () => new OwnAssistants(path, (keptAs) => logged.push(keptAs));
const brief = { id: 'a', name: 'Brief', systemPrompt: 'Be brief.' };

test('they are kept in a file that says its version, and read again', async () => {
  await open().keep([brief]);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ version: 1, assistants: [brief] });
  expect(open().all).toEqual([brief]);
  expect(await open().damage()).toBeNull();
});

test('a file of before there was a version is read', async () => {
  await writeFile(path, JSON.stringify({ assistants: [brief] }));
  const own = open();
  expect([own.all, await own.damage()]).toEqual([[brief], null]);
});

test.each([
  ['no JSON', '{"assist'],
  ['something else', '[]'],
  ['a newer version', JSON.stringify({ version: 2, assistants: [brief] })],
])('%s is set aside as it is, and that is told, with where', async (_, text) => {
  await writeFile(path, text);
  const own = open();
  const damage = await own.damage();
  expect(damage).toMatchObject({
    code: 'ASSISTANTS_DAMAGED',
    message: expect.stringMatching(/set aside as .*Mend it/),
  });
  const keptAs = String(damage?.details?.path);
  expect(damage?.message).toContain(keptAs);
  expect(await readFile(keptAs, 'utf8')).toBe(text);
  expect(await readdir(join(path, '..'))).toEqual([basename(keptAs)]);
  expect([own.all, logged]).toEqual([[], [keptAs]]);
  // At the next start there is nothing to tell.
  expect(await open().damage()).toBeNull();
});
