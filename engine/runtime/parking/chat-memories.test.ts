import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { randomTokens } from '../../testing/follow-oracle.js';
import { readWhole } from '../../testing/load-model.js';
import { SmallDisk } from '../../testing/small-disk.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { loadTinyRuntime } from '../../testing/tiny-runtime.js';
import type { ParkingOptions } from '../../types.js';
import type { Runtime } from '../load-runtime.js';
import { ChatMemories } from './chat-memories.js';
import { parkedChatsOf } from './parked-chats.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await loadTinyRuntime();
});
afterAll(() => runtime.release());

const CHOICE = { preset: 'faithful' } as const;
const [long, other, short, more] = [300, 280, 100, 40].map((count, seed) => randomTokens(count, seed));

interface Driven {
  memories: ChatMemories;
  warnings: string[];
  /** Names of the files there are, once what was begun is written. */
  files: () => Promise<string[]>;
  pathOf: (chat: string) => string;
  /** Reads a text in a chat. → tokens that were not read anew */
  ask: (chat: string | undefined, text: readonly number[]) => Promise<number>;
}

async function drive(options: Partial<ParkingOptions> = {}, model = runtime): Promise<Driven> {
  const folder = options.folder ?? (await temporaryFolder());
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
  const parked = parkedChatsOf(model, { ...options, folder }, logger);
  const memories = new ChatMemories(model, CHOICE, undefined, parked);
  onTestFinished(() => memories.release());
  const modelFolder = join(folder, model.model.info.hash);
  return {
    memories,
    warnings,
    files: async () => {
      await parked.settled();
      return (await readdir(modelFolder).catch(() => [])).toSorted();
    },
    pathOf: (chat) => join(modelFolder, `${chat}.memory`),
    ask: async (chat, text) => {
      const memory = await memories.under(CHOICE, chat);
      const reused = memory.reusable(text);
      await readWhole(memory, text);
      return reused;
    },
  };
}

it('a chat that is left is on the disk, and goes on from there to the bit', async () => {
  const { memories, ask, files, warnings } = await drive();
  const undisturbed = await drive();
  await ask('a', long);
  await ask('b', other);
  expect(await files()).toEqual(['a.memory']);
  expect(memories.currentChat).toBe('b');
  const next = [...long, ...more];
  expect(await ask('a', next)).toBe(300);
  await undisturbed.ask('a', long);
  await undisturbed.ask('a', next);
  const [memory, expected] = [memories.current, undisturbed.memories.current];
  expect(await memory.append(5)).toEqual(await expected.append(5));
  expect(memory.stats()).toEqual(expected.stats());
  expect(memory.survival()).toEqual(expected.survival());
  expect(await files()).toEqual(['a.memory', 'b.memory']);
  expect(warnings).toEqual([]);
});

it('what was begun on a memory is let go of as the chat is left or its text changes, once, and not before', async () => {
  const { memories, ask } = await drive();
  await ask('a', long);
  let letGo = 0;
  const begin = () => memories.current.changes.untilNext(() => letGo++);
  begin();
  await memories.takeUp('new');
  expect(letGo).toBe(0);
  await ask('b', other);
  expect(letGo).toBe(1);
  begin();
  await ask('b', [...other, ...more]);
  await memories.current.append(5);
  expect(letGo).toBe(2);
  begin();
  await memories.under({ preset: 'off' }, 'b');
  expect(letGo).toBe(3);
});

it('it is there for the next engine, too', async () => {
  const folder = await temporaryFolder();
  const before = await drive({ folder });
  await before.ask('a', long);
  await before.memories.release();
  const after = await drive({ folder });
  expect(await after.ask('a', [...long, ...more])).toBe(300);
});

it('looking at another chat parks the present one, which stays in memory; its own is taken up if it is parked', async () => {
  const { memories, ask, files, pathOf } = await drive();
  await ask('a', long);
  expect(await memories.takeUp('new')).toBe(false);
  expect(memories.currentChat).toBe('a');
  expect(await files()).toEqual(['a.memory']);
  const { mtimeMs } = await stat(pathOf('a'));
  // A chat that begins alike is read from there on, and what is parked already is not written again.
  expect(await ask('fork', [...long, ...more])).toBe(300);
  await files();
  expect((await stat(pathOf('a'))).mtimeMs).toBe(mtimeMs);
  expect(await memories.takeUp('a')).toBe(true);
  expect(memories.currentChat).toBe('a');
  expect([...memories.current.tokens]).toEqual(long);
  expect(await files()).toEqual(['a.memory', 'fork.memory']);
  expect(await memories.takeUp('a')).toBe(true);
});

it('a copy that is written while the chat goes on is of what was', async () => {
  const { memories, ask } = await drive();
  await ask('a', long);
  await memories.takeUp('new');
  // The same buffers now hold something else.
  await ask('a', [...long.slice(0, 100), ...other]);
  await ask('b', other);
  await memories.takeUp('a');
  expect([...memories.current.tokens]).toEqual([...long.slice(0, 100), ...other]);
});

it('short chats, those that are not named, and names that could be paths leave no file', async () => {
  const { ask, files, warnings } = await drive();
  await ask('short', short);
  await ask(undefined, long);
  await ask('../up', other);
  await ask('b', long);
  expect(await files()).toEqual([]);
  expect(warnings).toEqual([]);
});

it('of a deleted chat nothing is left, nor written later', async () => {
  const { memories, ask, files } = await drive();
  await ask('a', long);
  await ask('b', other);
  // While it is being written.
  await memories.forget(['a', 'b']);
  expect(memories.currentChat).toBeNull();
  await ask('c', short);
  expect(await files()).toEqual([]);
});

it('files that were removed are written again, of what is in memory, when it is left: never under another name', async () => {
  const { memories, ask, files } = await drive();
  await ask('a', long);
  await memories.takeUp('new');
  // While it is being written.
  await memories.removeParked();
  expect(await files()).toEqual([]);
  await ask('b', other);
  expect(await files()).toEqual(['a.memory']);
  await memories.takeUp('a');
  await memories.under(CHOICE, 'begun');
  await memories.removeParked();
  await memories.takeUp('c');
  expect(await files()).toEqual([]);
  expect(await ask('a', [...long, ...more])).toBe(300);
  expect(await ask('b', other)).toBe(0);
});

it('another chat’s rows are not kept under a name in which nothing was read, though idle time made them fewer', async () => {
  const { memories, ask, files } = await drive();
  await ask('a', long);
  await memories.takeUp('b');
  const memory = await memories.under(CHOICE, 'b');
  for await (const _ of memory.compact(0.5, { start: [5, 6, 7], goOn: [8, 9] }));
  expect(memory.stats().keptFraction).toBeLessThan(0.6);
  await memories.takeUp('c');
  expect(await files()).toEqual(['a.memory']);
});

it('the files that were used longest ago go where they would be too many', async () => {
  const probe = await drive();
  await probe.ask('a', long);
  await probe.ask('b', other);
  await probe.files();
  const { size } = await stat(probe.pathOf('a'));
  const { memories, ask, files, warnings } = await drive({ mostBytes: 2.5 * size });
  for (const chat of ['a', 'b', 'c']) await ask(chat, long);
  expect(await files()).toEqual(['a.memory', 'b.memory']);
  await memories.takeUp('a');
  expect(await files()).toEqual(['a.memory', 'c.memory']);
  const small = await drive({ mostBytes: size / 2 });
  await small.ask('a', long);
  await small.ask('b', short);
  expect(await small.files()).toEqual([]);
  expect(small.warnings).toEqual([expect.stringMatching(/was not kept: it takes \d+ MB, and \d+ MB are allowed/)]);
  expect(warnings).toEqual([]);
});

it('what an end of the app left unfinished is removed', async () => {
  const { ask, files, pathOf } = await drive();
  await mkdir(join(pathOf('x'), '..'));
  await writeFile(`${pathOf('x')}.part`, 'cut short');
  await ask('a', long);
  await ask('b', other);
  expect(await files()).toEqual(['a.memory']);
});

it('a damaged file is told of once and goes, and the text is read again', async () => {
  const { ask, files, pathOf, warnings } = await drive();
  await ask('a', long);
  await ask('b', other);
  await files();
  const damaged = await readFile(pathOf('a'));
  damaged[damaged.length - 100] ^= 1;
  await writeFile(pathOf('a'), damaged);
  expect(await ask('a', [...long, ...more])).toBeLessThan(10);
  expect(warnings).toEqual([
    'The memory of a chat on the disk is not used, and its text is read again: it is damaged.',
  ]);
  expect(await files()).toEqual(['b.memory']);
});

it('of a chat that goes on under another compression, no more than the outline is read', async () => {
  const { memories, ask, files, pathOf, warnings } = await drive();
  await ask('a', long);
  await ask('b', other);
  await files();
  // Whoever reads the rest finds it damaged.
  const damaged = await readFile(pathOf('a'));
  damaged[damaged.length - 100] ^= 1;
  await writeFile(pathOf('a'), damaged);
  const memory = await memories.under({ preset: 'compact' }, 'a');
  expect(memory.tokens).toHaveLength(0);
  expect(await files()).toEqual(['a.memory', 'b.memory']);
  expect(warnings).toEqual([]);
});

it('a file that does not fit how the model is loaded now is told of, and the text is read again', async () => {
  const folder = await temporaryFolder();
  const before = await drive({ folder });
  await before.ask('a', long);
  await before.memories.release();
  const shorter = await drive({ folder }, { ...runtime, contextLength: 256 });
  expect(await shorter.memories.takeUp('a')).toBe(false);
  expect(shorter.warnings).toEqual([expect.stringContaining('the context is shorter now')]);
});

it('what is in the place of a file, and cannot be read or replaced, costs a line in the log', async () => {
  const { ask, files, pathOf, warnings } = await drive();
  await mkdir(join(pathOf('a'), 'something'), { recursive: true });
  await ask('a', long);
  await ask('b', other);
  expect(await files()).toEqual(['a.memory']);
  expect(warnings).toEqual([
    expect.stringContaining('is not used, and its text is read again: EISDIR'),
    expect.stringContaining('was not kept: E'),
  ]);
});

it('on a full disk nothing is kept, and all goes on', async ({ skip }) => {
  const disk = await SmallDisk.make(8 << 20);
  if (!disk) return skip('Nothing can be mounted here.');
  onTestFinished(() => disk.remove());
  await chmod(disk.outside, 0o777);
  const { ask, files, warnings } = await drive({ folder: disk.outside });
  await ask('a', long);
  disk.fill();
  await ask('b', other);
  expect(await files()).toEqual([]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('was not kept');
  expect(await ask('a', [...long, ...more])).toBeLessThan(10);
});

it('no chat waits for the file of another', async () => {
  const { memories, ask, files, pathOf } = await drive();
  await ask('a', long);
  await memories.under(CHOICE, 'b');
  // What 'a' left is still to be written, and 'c' does not wait for it either.
  expect(existsSync(pathOf('a'))).toBe(false);
  await memories.under(CHOICE, 'c');
  expect(await files()).toEqual(['a.memory']);
});

it('without a folder, one memory serves all', async () => {
  const memories = new ChatMemories(runtime, CHOICE);
  await readWhole(await memories.under(CHOICE, 'a'), long);
  expect((await memories.under(CHOICE, 'b')).reusable([...long, ...more])).toBe(300);
  expect(await memories.takeUp('a')).toBe(false);
  await memories.release();
});
