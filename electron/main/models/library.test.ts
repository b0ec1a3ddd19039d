import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelLibrary } from './library.js';

const HASH = 'a'.repeat(64);

let folder: string;
let defaultModel: string;
let damaged: string[];
let changes: number;
let library: ModelLibrary;

const place = (...names: string[]) => join(folder, ...names);

function open(): ModelLibrary {
  return new ModelLibrary({
    file: place('library.json'),
    defaultModel,
    ownFolder: place('model-files'),
    cacheFolder: place('models'),
    parkingFolder: place('memories'),
    onChange: () => changes++,
    onDamaged: (keptAs) => damaged.push(keptAs),
  });
}

function write(name: string, content = 'GGUF'): string {
  const path = place(name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  defaultModel = write('bundled.gguf');
  damaged = [];
  changes = 0;
  library = open();
});

afterEach(() => rm(folder, { recursive: true }));

const idOf = async (path: string) => (await library.list()).find((model) => model.path === path)?.id ?? '';

test('at first there is the bundled model, which is loaded first', async () => {
  expect(await library.list()).toEqual([
    {
      id: 'bundled',
      path: defaultModel,
      kind: 'file',
      place: 'bundled',
      bytes: 4,
      verified: null,
      hash: null,
      device: 'cpu',
    },
  ]);
  expect(library.startPath).toBe(defaultModel);
});

test('a model that was loaded is known from then on, once, and is loaded at the next start', async () => {
  const path = write('own/mine.gguf', 'GGUF1234');
  await library.noteLoaded(path, HASH);
  await library.noteLoaded(path, HASH);
  library = open();
  expect((await library.list()).slice(1)).toMatchObject([
    { path, place: 'elsewhere', bytes: 8, kind: 'file', hash: HASH },
  ]);
  await library.noteLoaded(defaultModel, 'b'.repeat(64));
  expect((await library.list())[0].hash).toBe('b'.repeat(64));
  await library.noteLoaded(path, HASH);
  expect(library.startPath).toBe(path);
  expect(changes).toBe(4);
});

test('a folder with safetensors is as large as what an import reads of it', async () => {
  write('tensors/model.safetensors', '12345678');
  write('tensors/config.json', '{}');
  write('tensors/movie.mp4', 'x'.repeat(1000));
  await library.noteLoaded(place('tensors'), HASH);
  expect((await library.list()).at(1)).toMatchObject({ kind: 'folder', bytes: 10 });
});

test('a file that is gone is shown so, is not loaded at the start, and can be found again', async () => {
  const path = write('own/mine.gguf');
  await library.noteLoaded(path, HASH);
  await rename(path, place('moved.gguf'));
  expect((await library.list()).at(1)).toMatchObject({ path, bytes: null });
  expect(library.startPath).toBe(defaultModel);
  const to = place('moved.gguf');
  expect(await library.locate(await idOf(path), to)).toEqual({ from: path, to });
  expect((await library.list()).slice(1)).toMatchObject([{ path: to, bytes: 4 }]);
  expect(library.startPath).toBe(to);
});

test('found where another entry is, there is one', async () => {
  const [a, b] = [write('a.gguf'), write('b.gguf')];
  await library.noteLoaded(a, HASH);
  await library.noteLoaded(b, 'b'.repeat(64));
  await library.locate(await idOf(a), b);
  expect((await library.list()).slice(1).map(({ path }) => path)).toEqual([b]);
  await library.locate(await idOf(b), defaultModel);
  expect((await library.list()).map(({ path }) => path)).toEqual([defaultModel]);
});

test('what a model is to run on is kept for it, goes where it goes, and is forgotten with it', async () => {
  const [a, b] = [write('a.gguf'), write('b.gguf')];
  await library.noteLoaded(a, HASH);
  await library.setDevice(a, 'webgpu');
  library = open();
  expect([a, b, defaultModel].map((path) => library.deviceOf(path))).toEqual(['webgpu', 'cpu', 'cpu']);
  expect((await library.list()).map(({ device }) => device)).toEqual(['cpu', 'webgpu']);
  await library.locate(await idOf(a), b);
  expect([a, b].map((path) => library.deviceOf(path))).toEqual(['cpu', 'webgpu']);
  await library.remove(await idOf(b));
  expect(library.deviceOf(b)).toBe('cpu');
  await library.setDevice(defaultModel, 'auto');
  expect(library.deviceOf(defaultModel)).toBe('auto');
});

test('what an import made of a model stays when another entry is found to be that model', async () => {
  write(`models/${HASH}-default-v1/weights.bin`);
  const [a, b, c] = [write('a.gguf'), write('b.gguf'), write('c.gguf')];
  await library.noteLoaded(a, 'b'.repeat(64));
  await library.noteLoaded(b, HASH);
  await library.noteLoaded(c, HASH);
  await library.locate(await idOf(a), b);
  await library.remove(await idOf(c));
  expect(readdirSync(place('models'))).toHaveLength(1);
});

test('what changes while a model is noted is not lost', async () => {
  const [a, b] = [write('a.gguf'), write('model-files/b/b.gguf')];
  await Promise.all([library.noteLoaded(a, HASH), library.addDownloaded(b, 'hub')]);
  expect((await library.list()).slice(1).map(({ path }) => path)).toEqual([a, b]);
});

test('removing forgets what an import made of it and what it remembers of chats, and leaves the user’s file', async () => {
  const path = write('own/mine.gguf');
  write(`memories/${HASH}/chat.memory`);
  write(`memories/${'b'.repeat(64)}/chat.memory`);
  write(`models/${HASH}-default-v1/weights.bin`);
  write(`models/${'b'.repeat(64)}-default-v1/weights.bin`);
  await library.noteLoaded(path, HASH);
  await library.remove(await idOf(path));
  expect(await library.list()).toHaveLength(1);
  expect(existsSync(path)).toBe(true);
  expect(library.startPath).toBe(defaultModel);
  expect(readdirSync(place('models'))).toEqual([`${'b'.repeat(64)}-default-v1`]);
  expect(readdirSync(place('memories'))).toEqual(['b'.repeat(64)]);
});

test('what an import made stays while another model has the same content', async () => {
  write(`models/${HASH}-default-v1/weights.bin`);
  await library.noteLoaded(defaultModel, HASH);
  const path = write('copy.gguf');
  await library.noteLoaded(path, HASH);
  await library.remove(await idOf(path));
  expect(readdirSync(place('models'))).toHaveLength(1);
});

test('a downloaded file goes with its entry', async () => {
  const path = write('model-files/tiny/tiny.gguf');
  await library.addDownloaded(path, 'hub');
  expect((await library.list()).at(1)).toMatchObject({ place: 'app', verified: 'hub' });
  await library.remove(await idOf(path));
  expect(existsSync(join(path, '..'))).toBe(false);
});

test('what else lies beside it stays', async () => {
  const [path, other] = [write('model-files/a.gguf'), write('model-files/tiny/b.gguf')];
  await library.noteLoaded(path, HASH);
  await library.remove(await idOf(path));
  expect([existsSync(path), existsSync(other)]).toEqual([false, true]);
});

test('a copy is the app’s own; the original stays', async () => {
  const path = write('own/mine.gguf', 'GGUF1234');
  await library.noteLoaded(path, HASH);
  const { from, to } = await library.copy(await idOf(path));
  const copied = (await library.list()).at(1);
  expect(copied).toMatchObject({ place: 'app', bytes: 8 });
  expect([from, to]).toEqual([path, copied?.path]);
  expect(library.startPath).toBe(to);
  expect(readFileSync(copied?.path ?? '', 'utf8')).toBe('GGUF1234');
  expect(copied?.path).toMatch(/mine\.gguf$/);
  await library.remove(copied?.id ?? '');
  expect(existsSync(path)).toBe(true);
  expect(existsSync(copied?.path ?? '')).toBe(false);
});

test('of a folder, the copy has what an import reads', async () => {
  write('tensors/model.safetensors', '12345678');
  write('tensors/config.json', '{}');
  write('tensors/movie.mp4');
  await library.noteLoaded(place('tensors'), HASH);
  await library.copy(await idOf(place('tensors')));
  const copied = (await library.list()).at(1);
  expect(readdirSync(copied?.path ?? '').sort()).toEqual(['config.json', 'model.safetensors']);
  await library.remove(copied?.id ?? '');
  expect(existsSync(copied?.path ?? '')).toBe(false);
});

test('a copy of what was removed meanwhile goes, too', async () => {
  const path = write('own/mine.gguf');
  await library.noteLoaded(path, HASH);
  const id = await idOf(path);
  // Expected from the start: it may be refused before the removal is on the disk.
  const refused = expect(library.copy(id)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await library.remove(id);
  await refused;
  expect(readdirSync(place('model-files'))).toEqual([]);
});

test('what is not there cannot be copied, and leaves nothing', async () => {
  const path = write('own/mine.gguf');
  await library.noteLoaded(path, HASH);
  await rm(path);
  await expect(library.copy(await idOf(path))).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
  expect(existsSync(place('model-files'))).toBe(false);
});

test('the bundled model stays, and what is not known is said so', async () => {
  await expect(library.remove('bundled')).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('stays'),
  });
  await expect(library.copy('nothing')).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('not in the library'),
  });
});

test.each(['', '{"models":', '[]', '{"models":[{"id":1}],"lastPath":null,"bundledHash":null}'])(
  'a damaged library (%j) is set aside, and the app starts with an empty one',
  async (text) => {
    writeFileSync(place('library.json'), text);
    library = open();
    expect(await library.list()).toHaveLength(1);
    // Who only reads a file leaves it as it is.
    expect(readFileSync(place('library.json'), 'utf8')).toBe(text);
    await library.noteLoaded(write('mine.gguf'), HASH);
    await library.noteLoaded(write('other.gguf'), HASH);
    expect(damaged).toEqual([expect.stringContaining(place('library.json.damaged-2'))]);
    expect(readFileSync(damaged[0], 'utf8')).toBe(text);
    library = open();
    expect(await library.list()).toHaveLength(3);
  },
);

test('a library that cannot be written holds until the app ends, and says so', async () => {
  mkdirSync(place('library.json'));
  const path = write('mine.gguf');
  await expect(library.noteLoaded(path, HASH)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  expect(await library.list()).toHaveLength(2);
});
