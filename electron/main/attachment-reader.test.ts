import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { AttachedFile } from '../ipc/attachment-contract.js';
import { AttachmentReader, type ReaderChild } from './attachment-reader.js';

/** A process as far as this one sees it. */
class Child extends EventEmitter implements ReaderChild {
  readonly pid = 7;
  received: AttachedFile | null = null;
  killed = false;
  postMessage(file: AttachedFile): void {
    this.received = file;
  }
  kill(): boolean {
    this.killed = true;
    this.emit('exit', 0);
    return true;
  }
}

function setUp({ bytes = 1, timeoutMs = 1000 } = {}) {
  const children: Child[] = [];
  const reader = new AttachmentReader({
    fork: () => {
      children.push(new Child());
      return children[children.length - 1];
    },
    memoryOf: () => bytes,
    timeoutMs,
    maxBytes: 1000,
    pollMs: 5,
  });
  return { children, reader };
}

const file = (name: string): AttachedFile => ({ name, bytes: new Uint8Array(3) });
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test('a file is read by a process of its own, which then ends', async () => {
  const { children, reader } = setUp();
  const reading = reader.read(file('a.pdf'));
  await turn();
  expect(children[0].received?.name).toBe('a.pdf');
  children[0].emit('message', { text: 'hello' });
  expect(await reading).toEqual({ text: 'hello' });
  expect(children[0].killed).toBe(true);
});

test('files are read one after the other, and one that fails stops no other', async () => {
  const { children, reader } = setUp();
  const first = reader.read(file('a'));
  const second = reader.read(file('b'));
  await turn();
  expect(children).toHaveLength(1);
  children[0].emit('message', { error: { code: 'ATTACHMENT_EMPTY', message: 'no text', details: { pages: 2 } } });
  await expect(first).rejects.toMatchObject({ code: 'ATTACHMENT_EMPTY', message: 'no text', details: { pages: 2 } });
  await turn();
  children[1].emit('message', { text: 'b' });
  expect(await second).toEqual({ text: 'b' });
});

test('a process that ends, hangs or eats memory is given up, with a way out', async () => {
  const crashing = setUp();
  const crashed = crashing.reader.read(file('a.pdf'));
  await turn();
  crashing.children[0].emit('exit', 139);
  await expect(crashed).rejects.toMatchObject({
    code: 'ATTACHMENT_UNREADABLE',
    message: expect.stringMatching(/broke.*paste it here/),
  });

  const hanging = setUp({ timeoutMs: 20 });
  await expect(hanging.reader.read(file('a.pdf'))).rejects.toMatchObject({
    code: 'ATTACHMENT_UNREADABLE',
    message: expect.stringContaining('was not read after'),
  });
  expect(hanging.children[0].killed).toBe(true);

  const hungry = setUp({ bytes: 2000 });
  await expect(hungry.reader.read(file('a.pdf'))).rejects.toMatchObject({ code: 'ATTACHMENT_TOO_LARGE' });
  expect(hungry.children[0].killed).toBe(true);
});

test('what a process says in another shape is no text', async () => {
  const { children, reader } = setUp();
  const reading = reader.read(file('a.pdf'));
  await turn();
  children[0].emit('message', { text: 5 });
  await expect(reading).rejects.toMatchObject({ code: 'ATTACHMENT_UNREADABLE' });
});
