import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { setLanguage } from '../../../locales/words.js';
import type { ChatQuestion, ChatReply } from './chat-calls.js';
import { ChatThread, type ThreadPort } from './chat-thread.js';

/** Stands where a worker thread is. */
class Port extends EventEmitter implements ThreadPort {
  readonly asked: ChatQuestion[] = [];
  postMessage(question: ChatQuestion): void {
    this.asked.push(question);
  }
  reply(reply: ChatReply): void {
    this.emit('message', reply);
  }
}

function setUp() {
  const ports: Port[] = [];
  const thread = new ChatThread(() => {
    const port = new Port();
    ports.push(port);
    return port;
  });
  return { ports, thread };
}

it('begins with the first call, and gives each call its own answer or error', async () => {
  const { ports, thread } = setUp();
  await thread.close();
  expect(ports).toHaveLength(0);
  const search = thread.call('search', { query: 'x' });
  setLanguage('de');
  const read = thread.call('read', { chatId: 'c' });
  setLanguage('en');
  const [first, second] = ports[0].asked;
  expect([first.language, second.language]).toEqual(['en', 'de']);
  ports[0].reply({ id: second.id, ok: false, error: { code: 'CHATS_DISK_FULL', message: 'Full.' } });
  ports[0].reply({ id: first.id, ok: true, value: [] });
  await expect(read).rejects.toMatchObject({ code: 'CHATS_DISK_FULL', message: 'Full.' });
  expect(await search).toEqual([]);
  expect(ports).toHaveLength(1);
});

it('tells what waited that it ended, and begins again', async () => {
  const { ports, thread } = setUp();
  const list = thread.call('list', null);
  ports[0].emit('exit', 1);
  await expect(list).rejects.toMatchObject({
    code: 'CHATS_UNAVAILABLE',
    message: expect.stringContaining('exit code 1'),
  });
  const again = thread.call('list', null);
  expect(ports).toHaveLength(2);
  ports[0].emit('exit', 1);
  ports[1].reply({ id: ports[1].asked[0].id, ok: true, value: { chats: [], rescue: null } });
  expect(await again).toEqual({ chats: [], rescue: null });
});
