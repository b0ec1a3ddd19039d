import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { writeTinyGguf } from '../../engine/testing/tiny-model.js';
import { type DrivenService, OTHER_PATH, serveEachTest } from './fixtures/driven-service.js';

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
});

/** With room for a text that is long enough to be kept. */
let modelPath: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parking-'));
  modelPath = await writeTinyGguf(folder, { metadata: { 'llama.context_length': { type: 'u32', value: 1024 } } });
  return () => rm(folder, { recursive: true });
});
beforeEach(async () => {
  await rm(driven.memories, { recursive: true, force: true });
  driven.load(modelPath);
  await driven.listener.model('ready');
});

const LONG = 'one two three four five six seven eight nine ten '.repeat(8);

const askIn = (chatId: string, requestId: string, content: string) =>
  driven.ask(requestId, { chatId, messages: [{ role: 'user', content }], maxTokens: 2 });
const parked = async () =>
  (await readdir(driven.memories, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.memory'));
const takenUp = (count: number) => driven.listener.until(() => driven.listener.of('takenUp').length >= count);

test('the memory of a chat that is looked at is taken up and told, with its text', async () => {
  askIn('one', 'a', LONG);
  await driven.listener.ends(1);
  askIn('two', 'b', 'hello');
  await driven.listener.ends(2);
  const texts = driven.listener.of('textMemory').length;
  driven.service.obey({ type: 'takeUp', chatId: 'one' }, []);
  await takenUp(1);
  await driven.listener.until(() => driven.listener.of('textMemory').length > texts);
  const [end] = driven.listener.of('end');
  expect(driven.listener.of('takenUp')[0]).toMatchObject({ chatId: 'one', kv: end.end.result?.kv });
  // A window that has lost what it knew hears of it again.
  driven.service.obey({ type: 'takeUp', chatId: 'one' }, []);
  await takenUp(2);
});

test('of a chat that was deleted, and of one that nothing is kept of, nothing is told', async () => {
  askIn('gone', 'a', LONG);
  await driven.listener.ends(1);
  driven.service.obey({ type: 'forget', chatIds: ['gone'] }, []);
  driven.service.obey({ type: 'takeUp', chatId: 'gone' }, []);
  driven.service.obey({ type: 'takeUp', chatId: 'unknown' }, []);
  askIn('other', 'b', 'hello');
  await driven.listener.ends(2);
  expect(driven.listener.of('takenUp')).toEqual([]);
});

test('a chat that is deleted while another model takes the place of its own leaves no file', async () => {
  askIn('gone', 'a', LONG);
  await driven.listener.ends(1);
  let load = () => {};
  driven.beforeLoading = () =>
    new Promise((resolve) => {
      load = resolve;
    });
  driven.load(OTHER_PATH);
  await driven.listener.model('loading');
  await expect.poll(parked).toEqual([expect.stringContaining('gone')]);
  driven.service.obey({ type: 'forget', chatIds: ['gone'] }, []);
  await expect.poll(parked).toEqual([]);
  load();
  await driven.listener.model('ready');
});

test('memories that were removed from the disk are written again when they are left', async () => {
  askIn('one', 'a', LONG);
  await driven.listener.ends(1);
  driven.service.obey({ type: 'takeUp', chatId: 'two' }, []);
  await expect.poll(parked).toHaveLength(1);
  driven.service.obey({ type: 'removeParked' }, []);
  await expect.poll(parked).toEqual([]);
  askIn('two', 'b', 'hello');
  await expect.poll(parked).toEqual([expect.stringContaining('one')]);
  await driven.listener.ends(2);
});

test('what is in memory is on the disk when the process ends', async () => {
  askIn('last', 'a', LONG);
  await driven.listener.ends(1);
  await driven.service.end();
  expect(await parked()).toEqual([expect.stringMatching(/[\\/]last\.memory$/)]);
});
