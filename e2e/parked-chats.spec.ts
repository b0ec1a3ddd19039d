import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './app.js';
import { expect, test } from './app.js';
import { longText } from './texts.js';

const TOKENS = 1200;

const row = (app: App, title: RegExp) =>
  app.page.getByRole('navigation', { name: 'Chat history' }).getByRole('button', { name: title });
const seenTokens = (app: App) => app.page.getByRole('region', { name: 'Layers' }).locator('.sec-h .right');

/** What is kept of chats, on the disk. */
async function files(app: App): Promise<string[]> {
  const folder = join(app.userData, 'memories');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.memory')).map((name) => join(folder, name));
}

/** Opens the long chat, waits until its memory is shown, and asks on. → tokens that were not read again */
async function askOn(app: App): Promise<number> {
  await row(app, /^Note 1/).click();
  await expect(seenTokens(app)).toContainText(/1,\d{3} tokens/);
  await expect(app.page.locator('.explain.other')).toHaveCount(0);
  await app.send('Who read the gauge?');
  await app.stopAfterAFewWords();
  return (await app.ends()).at(-1)?.result?.reusedTokens ?? 0;
}

test('a long chat that was left goes on from where it was: after another one, and after a new start', async ({
  launch,
}) => {
  const app = await launch();
  await app.recordFrames();
  await app.send(longText(TOKENS));
  await app.stopAfterAFewWords();
  await app.page.keyboard.press('ControlOrMeta+N');
  await app.send('Which bread has walnuts?');
  await app.stopAfterAFewWords();
  await expect.poll(() => files(app)).toHaveLength(1);
  expect(await askOn(app)).toBeGreaterThan(TOKENS * 0.8);
  await app.quit();

  const next = await launch({ userData: app.userData });
  await next.recordFrames();
  expect(await askOn(next)).toBeGreaterThan(TOKENS * 0.8);
  const [file] = await files(next);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);

  // What is kept is told, and goes when it is wished, or with its chat.
  const { page } = next;
  await page.keyboard.press('ControlOrMeta+N');
  await page.getByRole('button', { name: /^Settings/ }).click();
  const yourData = page.getByRole('region', { name: 'Your data' });
  await expect(yourData).toContainText(/memory of 1 chat is kept there.*: [\d.,]+ MB/);
  await yourData.getByRole('button', { name: 'Remove memories' }).click();
  await expect(yourData).toContainText('When another chat is opened');
  // What was being written as well.
  await expect.poll(() => files(next)).toEqual([]);
  await page.getByRole('tab', { name: 'Memory' }).click();
  await askOn(next);
  await page.keyboard.press('ControlOrMeta+N');
  await expect.poll(() => files(next)).toHaveLength(1);
  await row(next, /^Note 1/).focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => files(next)).toEqual([]);
});
