import { join } from 'node:path';
import { type App, expect, test } from './app.js';
import { PROJECT } from './app-process.js';
import { findMisfits } from './misfits.js';
import { TABLE } from './texts.js';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];
const THEMES = ['light', 'dark'] as const;

/** Takes a picture in both themes and sizes, and sees to it that everything fits. */
async function show(app: App, scene: string, prepare: () => Promise<void> = async () => {}): Promise<void> {
  for (const size of SIZES) {
    await app.resize(size);
    await prepare();
    for (const theme of THEMES) {
      await app.setTheme(theme);
      const name = `${scene}-${theme}-${size.width}x${size.height}.png`;
      const path = join(PROJECT, 'test-results', 'screenshots', name);
      await app.page.screenshot({ path, animations: 'disabled' });
      expect(await app.page.evaluate(findMisfits), name).toEqual([]);
    }
  }
}

test('everything fits, in both themes and sizes', async ({ app }) => {
  const { page } = app;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await show(app, 'empty');

  await app.resize(SIZES[0]);
  await app.ask('Write a Python function that adds two numbers.');
  await app.send(TABLE);
  await expect.poll(() => app.answers.last().getByRole('row').count(), { timeout: 30_000 }).toBeGreaterThan(2);
  await page.keyboard.press('Escape');
  await app.answerEnds();
  await show(app, 'conversation');

  await show(app, 'survival', async () => {
    const view = page.getByRole('region', { name: 'What the model holds of this chat' });
    if (!(await view.isVisible())) await page.keyboard.press('Control+Shift+M');
    await view.focus();
    await page.keyboard.press('ArrowRight');
  });
  await page.keyboard.press('Control+Shift+M');

  await show(app, 'memory-card', async () => {
    const card = page.getByRole('dialog', { name: 'Memory of this chat' });
    if (!(await card.isVisible())) await page.getByRole('button', { name: /^Memory .* context/ }).click();
    await expect(card).toContainText('Engine process');
  });
  await page.keyboard.press('Escape');

  // In a narrow window the panel closes when the window's size changes.
  const openPanel = async () => {
    const open = page.getByRole('button', { name: /^Open memory panel \(/ });
    // The button goes, too, in view of the new size.
    await expect(async () => {
      if (await open.isVisible()) await open.click({ timeout: 2000 });
    }).toPass();
  };
  await show(app, 'layers-as-table', async () => {
    await openPanel();
    await page.getByRole('button', { name: 'Show as table' }).click();
  });
  await page.keyboard.press('Escape');
  await show(app, 'moment', async () => {
    await openPanel();
    await page.getByRole('slider', { name: 'Moment' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('PageUp');
    await expect(page.getByText(/^As it was at/)).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await show(app, 'export', async () => {
    await openPanel();
    await page.getByRole('button', { name: 'Export PNG, CSV or JSON' }).click();
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await show(app, 'presets', async () => {
    // It may close only now, in view of the new size.
    await expect(async () => {
      await openPanel();
      await app.compression.click({ timeout: 2000 });
    }).toPass();
    await expect(page.getByRole('option', { name: 'Compact' })).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await show(app, 'budget', async () => {
    await openPanel();
    await app.chooseCompression('Memory budget');
  });
  await page.keyboard.press('Escape');
  await show(app, 'settings', async () => {
    await openPanel();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await expect(page.getByRole('group', { name: 'Theme' }).getByRole('radio', { name: 'System' })).toBeChecked();
  });
  await app.resize(SIZES[0]);
  await expect(page.getByRole('group', { name: 'Theme' }).getByRole('radio', { name: 'System' })).toBeChecked();
  await show(app, 'chat-settings', async () => {
    await openPanel();
    await page.getByRole('tab', { name: 'Chat' }).click();
    await expect(page.getByRole('textbox', { name: 'System prompt' })).toBeVisible();
  });
});

test('the check of what fits finds what does not', async ({ app }) => {
  expect(await app.page.evaluate(findMisfits)).toEqual([]);
  await app.page.evaluate(() => {
    const cut = document.createElement('div');
    cut.style.cssText = 'position: fixed; top: 0; left: 0; width: 40px; overflow: hidden; white-space: nowrap';
    cut.textContent = 'a sentence that is cut';
    const low = document.createElement('h2');
    low.style.cssText = 'position: fixed; top: 50px; left: 0; height: 5px; overflow: hidden';
    low.textContent = 'a low heading';
    const outside = document.createElement('button');
    outside.style.cssText = 'position: fixed; top: 0; right: -30px; width: 60px';
    outside.textContent = 'outside';
    document.body.append(cut, low, outside);
  });
  const misfits = await app.page.evaluate(findMisfits);
  expect(misfits).toContain('“a sentence that is cut” is cut by DIV');
  expect(misfits).toContain('“a low heading” is cut by H2');
  expect(misfits).toContain('“outside” is cut by the window');
});
