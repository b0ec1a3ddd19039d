import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubServer, redirect, serve, sha256Of, status } from '../electron/main/models/fixtures/hub-server.js';
import { writeTinyGguf, writeTinySafetensors } from '../engine/testing/tiny-model.js';
import { type App, test as base, expect } from './app.js';
import { expectNoViolations } from './axe.js';
import { tabTo } from './tab-to.js';

interface Fixtures {
  folder: string;
  hub: HubServer;
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'pyramid-own-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  hub: async ({}, use) => {
    const hub = new HubServer();
    await hub.listen();
    await use(hub);
    await hub.close();
  },
});

/** A model that loads in a moment. */
async function tinyModel(folder: string): Promise<Buffer> {
  return await readFile(await writeTinyGguf(folder, { layers: 8 }));
}

/** Drops a file of the disk on the window, as the desktop would. */
async function drop({ page }: App, path: string): Promise<void> {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'dropped' });
    document.body.append(input);
  });
  await page.locator('#dropped').setInputFiles(path);
  await page.locator('#dropped').evaluate((input: HTMLInputElement) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(input.files?.[0] ?? new File([], ''));
    input.remove();
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
}

const models = ({ page }: App) => page.getByRole('dialog', { name: 'Models' });
const download = (app: App) => models(app).getByRole('list', { name: 'Downloads' }).getByRole('listitem');

/** Without a mouse. */
async function openCatalog(app: App): Promise<void> {
  const { page } = app;
  await page.keyboard.press('ControlOrMeta+L');
  await tabTo(app, page.getByRole('button', { name: 'All models and downloads…' }));
  await page.keyboard.press('Enter');
  await tabTo(app, models(app).getByRole('tab', { name: 'On this computer' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(models(app).getByRole('list', { name: 'Models to download' })).toBeVisible();
}

/** Chats a word: what a random model says is nothing, that it says something is enough. */
async function chats(app: App): Promise<void> {
  const before = await app.answers.count();
  await app.send('one two three');
  await expect(app.answers).toHaveCount(before + 1);
  await expect(app.answers.last()).toContainText(/\d+ tokens?|Stopped|limit/i);
}

test('a model is downloaded, paused, resumed, checked, loaded, chatted with, and removed', async ({
  launch,
  hub,
  folder,
}) => {
  const content = await tinyModel(folder);
  const linked = { sha256: sha256Of(content), size: content.length };
  const pieceMs = 1000 / (content.length / 65_536);
  hub.answers = [redirect('/there', linked), serve({ content, pieceMs })];
  const app = await launch({ args: ['--hub', hub.address] });
  const { page } = app;
  await app.send('Say hello.');
  await app.stopAfterAFewWords();
  await openCatalog(app);
  const qwen = models(app).getByRole('button', { name: /^Download Qwen3 0\.6B Q8_0/ });
  await expect(qwen).toHaveAccessibleName(/639 MB/);
  await expect(models(app)).toContainText(/Fits · [\d.]+ GB free/);
  const unverified = models(app).locator('.file-row').filter({ hasText: 'not verified: its hash is not known' });
  await expect(unverified.filter({ has: page.getByRole('button', { name: /^Download Qwen3 0\.6B/ }) })).toHaveCount(1);
  await expect(models(app).locator('.file-row')).not.toHaveCount(await unverified.count());
  expect(hub.requests).toEqual([]);
  await tabTo(app, qwen);
  await page.keyboard.press('Enter');
  await expect(download(app)).toContainText(/MB of|kB of/);
  await page.getByRole('button', { name: /^Pause/ }).click();
  await expect(download(app)).toContainText(/Paused · .* of /);
  const asked = hub.requests.length;
  hub.answers = [serve({ content, linked })];
  await page.getByRole('button', { name: /^Resume/ }).click();
  await page.keyboard.press('Escape');
  await expect(app.modelPicker).toBeFocused();
  const arrival = page.getByRole('status').filter({ hasText: 'is here.' });
  await expect(arrival).toBeVisible();
  expect(hub.requests).toHaveLength(asked + 1);
  expect(hub.ranges.at(-1)).toMatch(/^bytes=\d+-$/);

  await arrival.getByRole('button', { name: 'Load' }).click();
  await app.modelPicker.click();
  await page.getByRole('button', { name: 'All models and downloads…' }).click();
  await expect(models(app)).toContainText('verified by the hub’s hash');
  await page.keyboard.press('Escape');
  await expect(models(app)).toHaveCount(0);
  await app.modelIsLoaded('Qwen3 0.6B');
  // The chat is there as it was.
  await expect(app.answers).toHaveCount(1);
  await chats(app);

  await app.modelPicker.click();
  await page.getByRole('button', { name: 'Eject' }).click();
  await expect(app.modelPicker).toContainText('Choose a model');
  await app.modelPicker.click();
  await page.getByRole('button', { name: 'All models and downloads…' }).click();
  await page.getByRole('button', { name: 'Remove Qwen3 0.6B' }).click();
  await page.getByRole('button', { name: 'Delete the file: Qwen3 0.6B' }).click();
  await expect(models(app).getByText('Qwen3 0.6B')).toHaveCount(0);
});

test('what goes wrong with a download says why, and a mirror may do', async ({ launch, hub, folder }) => {
  const content = await tinyModel(folder);
  hub.answers = [status(403), serve({ content, linked: { sha256: 'f'.repeat(64) } })];
  const app = await launch({ args: ['--hub', hub.address], waitsForModel: false });
  const { page } = app;
  await app.modelIsLoaded();
  await openCatalog(app);
  await models(app)
    .getByRole('button', { name: /^Download Qwen3 0\.6B/ })
    .click();
  await expect(download(app).getByRole('alert')).toContainText('its licence may have to be accepted on the hub');
  await page.getByRole('button', { name: /^Try again/ }).click();
  await expect(download(app).getByRole('alert')).toContainText('SHA-256 is another one');
  await page.getByRole('button', { name: /^Cancel/ }).click();
  await expect(download(app)).toHaveCount(0);

  await page.getByRole('button', { name: 'Use another address' }).click();
  await page.getByLabel('Address').fill('http://mirror.example');
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(models(app).getByRole('alert')).toContainText('not an https address');
  for (const theme of ['light', 'dark'] as const) {
    await app.setTheme(theme);
    await expectNoViolations(app, `the models to download, ${theme}`);
  }
  await models(app).getByRole('tab', { name: 'On this computer' }).click();
  await expectNoViolations(app, 'the models at hand');
});

test('a file and a folder of one’s own are used where they are, found again when moved, and kept over a start', async ({
  launch,
  folder,
}) => {
  const own = await writeTinyGguf(folder);
  const tensors = join(folder, 'tensors');
  await mkdir(tensors);
  await writeTinySafetensors(tensors);
  const first = await launch({ waitsForModel: false });
  await first.modelIsLoaded();
  await first.openModelFile(own);
  await first.modelIsLoaded('tiny llama');
  await first.chooseInDialogs(tensors);
  await first.modelPicker.click();
  await first.page.getByText('Open a safetensors folder…').click();
  await first.modelIsLoaded('tensors');
  await first.quit();
  await rename(own, join(folder, 'moved.gguf'));

  const app = await launch({ userData: first.userData, waitsForModel: false });
  const { page } = app;
  await app.modelIsLoaded('tensors');
  await app.modelPicker.click();
  await page.getByRole('button', { name: 'All models and downloads…' }).click();
  await expect(models(app)).toContainText('The file is not there any more');
  await app.chooseInDialogs(join(folder, 'moved.gguf'));
  await models(app).getByRole('button', { name: 'Say where it is…' }).click();
  await models(app).getByRole('button', { name: 'Load moved' }).click();
  await page.keyboard.press('Escape');
  await app.modelIsLoaded('moved');

  await drop(app, await writeTinyGguf(join(folder, 'dropped'), { architecture: 'qwen2' }));
  await app.modelIsLoaded('tiny qwen2');
  const opened = await writeTinyGguf(join(folder, 'opened'), { architecture: 'qwen3' });
  await app.electron.evaluate(
    ({ app: main }, path) => main.emit('second-instance', {}, ['electron', path], '/'),
    opened,
  );
  await app.modelIsLoaded('tiny qwen3');
});
