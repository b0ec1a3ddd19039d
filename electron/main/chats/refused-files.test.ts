import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../engine/testing/temporary-folder.js';
import { ChatStorage } from './chat-storage.js';
import { changesOf, question, summary } from './fixtures/samples.js';
import { importChats } from './import-chats.js';

const KNOWN_ONLY =
  'The file has no chats that this app knows: its own export, ChatGPT’s conversations.json and Open WebUI’s chats export can be imported.';
const MESSAGE = { ...question('q', null, 'One'), createdAt: 5 };
const WHOLE = { ...summary('c', { title: 'Tides', leafId: 'q' }), createdAt: 5 };
const chatFileOf = (change: object) => JSON.stringify({ format: 'pyramid-chat', version: 2, chats: [], ...change });

test.each<[string, string | Uint8Array, string]>([
  [
    'not JSON',
    '{"chats": [',
    'The file is not whole, or not JSON: a part was cut off, or a sign is in the wrong place.',
  ],
  ['something else', '{"a": 1}', KNOWN_ONLY],
  ['a list of something else', '[1, {"b": 2}]', KNOWN_ONLY],
  ['of another format', chatFileOf({ format: 'pyramid-assistants' }), KNOWN_ONLY],
  [
    'newer',
    chatFileOf({ version: 3 }),
    'A newer version of the app wrote the file (format 3; this one reads up to 2). Update the app, then import it.',
  ],
  ['damaged', chatFileOf({ chats: [{ id: 5 }] }), 'Chat 1: “id” is not as this app writes it.'],
  ['no chat at one place', chatFileOf({ chats: [5] }), 'Chat 1: What stands there is not as this app writes it.'],
  [
    'damaged in a message',
    chatFileOf({ chats: [{ ...WHOLE, messages: [MESSAGE, { ...MESSAGE, createdAt: 'now' }] }] }),
    'Chat 1, “Tides”, message 2: “createdAt” is not as this app writes it.',
  ],
  [
    'ambiguous',
    chatFileOf({ chats: [{ ...WHOLE, messages: [MESSAGE, MESSAGE] }] }),
    'Two messages in the file have the same id.',
  ],
  ['not text', Buffer.from([0x5b, 0xff, 0x5d]), 'The file is not a text file.'],
])('a file that is %s is refused, and nothing is changed', async (_what, content, sentence) => {
  const folder = await temporaryFolder();
  const storage = new ChatStorage(folder);
  onTestFinished(() => storage.close());
  storage.keep(changesOf({ c: [question('q', null, 'Mine')] }));
  const path = join(folder, 'import.json');
  writeFileSync(path, content);
  await expect(importChats(storage, path)).rejects.toMatchObject({
    code: 'CHATS_FILE_INVALID',
    message: `${sentence} Nothing was imported. Have it exported again, or mend the file.`,
  });
  expect(storage.list().chats).toHaveLength(1);
});

test('a file that is not there is told as one that cannot be read, with the cause', async () => {
  const folder = await temporaryFolder();
  const storage = new ChatStorage(folder);
  onTestFinished(() => storage.close());
  await expect(importChats(storage, join(folder, 'none.json'))).rejects.toMatchObject({
    code: 'CHATS_FILE_INVALID',
    details: { problem: 'unreadable', cause: expect.stringContaining('ENOENT') },
  });
});
