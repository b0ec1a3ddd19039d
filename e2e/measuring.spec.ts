import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyGguf } from '../engine/testing/tiny-model.js';
import { type App, expect, test } from './app.js';

const NAME = 'tiny llama';

const compressionOf = ({ page }: App) =>
  page.getByRole('complementary', { name: 'Memory' }).getByRole('region', { name: 'Compression' });

test('a model that was not measured is measured between messages, and stays so', async ({ launch }) => {
  const folder = await mkdtemp(join(tmpdir(), 'pyramid-e2e-unmeasured-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  const model = await writeTinyGguf(folder, { layers: 24, metadata });
  const args = ['--model', model];
  const app = await launch({ args, waitsForModel: false, importsAnew: true });
  await app.modelIsLoaded(NAME);
  const compression = compressionOf(app);
  await expect(compression).toContainText('was not measured for this model');
  await expect(compression.getByRole('slider')).toHaveCount(0);
  const go = compression.getByRole('button', { name: 'Measure it now' });
  await go.click();
  const progress = compression.getByRole('progressbar');
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(1);
  await compression.getByRole('button', { name: 'Stop' }).click();
  await expect(compression).toContainText(/in part: \d+ of \d+/);

  await compression.getByRole('button', { name: 'Go on measuring' }).click();
  await app.send('Hello there');
  await app.answerGrowsTo(1);
  await app.page.keyboard.press('Escape');
  await expect(compression.getByRole('slider', { name: 'Memory of the chat' })).toBeVisible({ timeout: 60_000 });
  await expect(compression).toContainText(/Keeps\s\d+\s%\sof the tokens/);
  const cost = await compression.locator('.cost').textContent();
  await app.quit();

  const again = await launch({ args, waitsForModel: false, userData: app.userData });
  await again.modelIsLoaded(NAME);
  await expect(compressionOf(again).locator('.cost')).toHaveText(cost ?? '');
  await rm(folder, { recursive: true });
});
