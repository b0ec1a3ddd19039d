import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatStorage } from '../electron/main/chats/chat-storage.js';
import { SmallDisk } from '../engine/testing/small-disk.js';
import { expect, test } from './app.js';

/** Room for an empty chat file and some words. */
const DISK_BYTES = 2 << 20;

/** What a start of the app would find there now: the texts of all messages. */
async function textsOnDisk(folder: string): Promise<string[]> {
  const copy = await mkdtemp(join(tmpdir(), 'pyramid-chats-'));
  await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith('filler') });
  const storage = new ChatStorage(copy);
  const { chats, rescue } = storage.list();
  expect(rescue).toBeNull();
  const texts = chats.flatMap(({ id }) => storage.read(id).messages.map(({ text }) => text));
  storage.close();
  await rm(copy, { recursive: true });
  return texts;
}

test('on a full disk the answer goes on, what was kept is safe, and all of it is kept once there is room', async ({
  launch,
}) => {
  const disk = await SmallDisk.make(DISK_BYTES);
  test.info().skip(disk === null, 'This system lets nobody mount a small disk.');
  if (!disk) return;
  try {
    const app = await launch({ disk });
    await app.send('Which bread has walnuts?');
    await app.stopAfterAFewWords();
    const first = await app.lastText();
    await expect.poll(() => textsOnDisk(disk.outside)).toEqual(['Which bread has walnuts?', first]);

    disk.fill();
    await app.send('Where does the lighthouse keeper sleep?');
    await expect(app.notices).toContainText('The disk is full. No room is left in');
    await expect(app.notices).toContainText('Make room, and it is kept.');
    await app.stopAfterAFewWords();
    const second = await app.lastText();
    await app.notices.getByRole('button', { name: 'Try again' }).click();
    await expect(app.notices).toContainText('What was kept before is safe');
    expect(await textsOnDisk(disk.outside)).toEqual(['Which bread has walnuts?', first]);

    await disk.makeRoom();
    await expect(app.notices).toHaveCount(0);
    const all = ['Which bread has walnuts?', first, 'Where does the lighthouse keeper sleep?', second];
    expect(await textsOnDisk(disk.outside)).toEqual(all);
    await app.quit();

    const next = await launch({ userData: app.userData, disk, waitsForModel: false });
    await next.page.getByRole('navigation', { name: 'Chat history' }).getByRole('button').first().click();
    await expect(next.answers).toHaveCount(2);
    expect(await next.lastText()).toBe(second);
    await next.quit();
  } finally {
    await disk.remove();
  }
});
