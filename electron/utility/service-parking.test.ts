import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type DrivenService, serveEachTest } from './fixtures/driven-service.js';

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
});

const LONG = 'one two three four five six seven eight nine ten '.repeat(8);

const askIn = (chatId: string, requestId: string, content: string) =>
  driven.ask(requestId, { chatId, messages: [{ role: 'user', content }], maxTokens: 2 });
const takenUp = (count: number) => driven.listener.until(() => driven.listener.of('takenUp').length >= count);

test('the memory of a chat that is looked at is taken up and told, with its text', async () => {
  driven.load();
  await driven.listener.model('ready');
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
  driven.load();
  await driven.listener.model('ready');
  askIn('gone', 'a', LONG);
  await driven.listener.ends(1);
  driven.service.obey({ type: 'forget', chatIds: ['gone'] }, []);
  driven.service.obey({ type: 'takeUp', chatId: 'gone' }, []);
  driven.service.obey({ type: 'takeUp', chatId: 'unknown' }, []);
  askIn('other', 'b', 'hello');
  await driven.listener.ends(2);
  expect(driven.listener.of('takenUp')).toEqual([]);
});

test('what is in memory is on the disk when the process ends', async () => {
  driven.load();
  await driven.listener.model('ready');
  askIn('last', 'a', LONG);
  await driven.listener.ends(1);
  await driven.service.end();
  const names = await readdir(driven.memories, { recursive: true });
  expect(names.filter((name) => name.includes('last'))).toEqual([expect.stringMatching(/[\\/]last\.memory$/)]);
});
