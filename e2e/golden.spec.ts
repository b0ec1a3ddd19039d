import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGolden } from '../engine/testing/golden.js';
import { type App, expect, test } from './app.js';

// What transformers wrote with the same weights, the likeliest token each time.
const golden = await readGolden('chat.json');

async function expectGolden(app: App): Promise<void> {
  expect(await app.ask(golden.messages[0].content)).toBe(golden.greedyText);
  const end = (await app.ends()).at(-1);
  expect(end?.type).toBe('done');
  expect(end?.result?.text).toBe(golden.greedyText);
  expect(end?.result?.promptTokens).toBe(golden.promptIds.length);
  // The last id ends the answer and is no part of it.
  expect(end?.result?.completionTokens).toBe(golden.greedyIds.length - 1);
}

test('in float32 the window answers with the golden text', async ({ launch }) => {
  const app = await launch({ args: ['--precision', 'float32'] });
  await app.recordFrames();
  await expectGolden(app);
});

test('the precision is chosen in the settings, and kept for the next start', async ({ app }) => {
  const { page } = app;
  await app.recordFrames();
  await page.getByRole('button', { name: /^Settings/ }).click();
  const choice = page.getByRole('group', { name: 'Precision' });
  await expect(choice.getByRole('radio', { name: '8-bit' })).toBeChecked();
  await choice.getByText('Float32').click();
  await expect(choice.getByRole('radio', { name: 'Float32' })).toBeChecked();
  const precisions = async () =>
    (await app.framesOf('model')).flatMap(({ model }) => (model.state === 'ready' ? [model.runtime.precision] : []));
  await expect.poll(precisions, { timeout: 30_000 }).toEqual(['default', 'float32']);
  await app.modelIsLoaded();
  await expectGolden(app);
  const settings = await readFile(join(app.userData, 'settings.json'), 'utf8');
  expect(JSON.parse(settings)).toMatchObject({ precision: 'float32' });

  await choice.getByText('8-bit').click();
  await expect.poll(precisions, { timeout: 30_000 }).toEqual(['default', 'float32', 'default']);
});
