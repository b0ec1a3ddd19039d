import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ParkedMemories } from './parked-memories.js';

let folder: string;
let parked: ParkedMemories;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memories-'));
  parked = new ParkedMemories(folder);
  for (const name of ['x/a.memory', 'x/b.memory', 'x/c.memory.part', 'y/a.memory', 'y/notes.txt']) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '1234');
  }
});
afterEach(() => rm(folder, { recursive: true }));

const left = () => ['x', 'y'].flatMap((model) => readdirSync(join(folder, model)).map((name) => `${model}/${name}`));

test('are counted by chat, over all models', async () => {
  expect(await parked.size()).toEqual({ chats: 3, bytes: 16 });
});

test('of deleted chats go, with what of them was being written; other files stay', async () => {
  await parked.removeOf(['a', 'c', 'unknown', '../x']);
  expect(left()).toEqual(['x/b.memory', 'y/notes.txt']);
});

test('of chats that are not there any more go', async () => {
  await parked.removeAllBut(['b']);
  expect(left()).toEqual(['x/b.memory', 'y/notes.txt']);
  await parked.removeAllBut([]);
  expect(await parked.size()).toEqual({ chats: 0, bytes: 0 });
});

test('without the folder, there are none', async () => {
  const none = new ParkedMemories(join(folder, 'none'));
  expect(await none.size()).toEqual({ chats: 0, bytes: 0 });
  await none.removeAllBut([]);
});
