import { homedir, userInfo } from 'node:os';
import { expect, test } from './app.js';
import { STORY } from './texts.js';

const SECRET = 'The zebra sings in Ulaanbaatar';

test('settings act at once and are there at the next start', async ({ launch }) => {
  const app = await launch();
  const { page } = app;
  const size = () =>
    page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--text-scale')));
  await page.keyboard.press('ControlOrMeta+,');
  expect(await size()).toBe(1);
  await page.getByText('Larger', { exact: true }).click();
  await expect.poll(size).toBe(1.35);

  const context = page.getByRole('combobox', { name: /^Context/ });
  await expect(page.getByText(/When it is full: [\d.]+ MB of memory under Faithful/)).toBeVisible();
  await context.click();
  await expect(page.getByRole('option')).toHaveCount(4);
  await page.getByRole('option', { name: /^2,048 tokens/ }).click();
  await expect(context).toHaveAccessibleName('Context: 2,048 tokens');
  await app.modelIsLoaded();

  const threads = page.getByRole('textbox', { name: 'Threads' });
  await threads.fill('9999');
  await expect(page.getByText(/This computer has \d+ cores: more threads/)).toBeVisible();
  const refused = await page.evaluate(() => window.pyramid.changeSettings({ threads: 9999 }));
  expect(refused).toMatchObject({ ok: false, error: { code: 'REQUEST_INVALID', details: { field: 'threads' } } });
  // Threads are chosen while it answers: the answer ends as one that was stopped, and the engine is there again.
  await app.send(STORY);
  await app.answerGrowsTo(15);
  const before = await app.enginePid();
  await threads.fill('1');
  await threads.press('Enter');
  await app.answerEnds();
  await expect.poll(() => app.enginePid()).not.toBe(before);
  await app.modelIsLoaded();
  await expect(app.notices).toHaveCount(0);
  await app.stillAnswers();
  await app.quit();

  const again = await launch({ userData: app.userData });
  await again.page.keyboard.press('ControlOrMeta+,');
  await expect(again.page.getByRole('radio', { name: 'Larger' })).toBeChecked();
  await expect(again.page.getByRole('combobox', { name: /^Context/ })).toHaveAccessibleName('Context: 2,048 tokens');
  await expect(again.page.getByRole('textbox', { name: 'Threads' })).toHaveValue('1');
  await again.page.getByRole('tab', { name: 'Model' }).click();
  await expect(again.page.getByText('CPU, 1 threads')).toBeVisible();
});

test('a report is one click, without the chats and without the user', async ({ app }) => {
  const { page } = app;
  await app.send(SECRET);
  await app.stopAfterAFewWords();
  await page.evaluate(
    (content) => window.pyramid.generate({ requestId: '', messages: [{ role: 'user', content }] }),
    SECRET,
  );
  await page.keyboard.press('ControlOrMeta+,');
  await page.getByRole('button', { name: 'Copy a report' }).click();
  await expect(page.getByText('Copied; nothing was sent.')).toBeVisible();
  const report = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
  expect(report).toMatch(/^Pyramid Chat: \d/);
  expect(report).toMatch(/Model: llama, 135 M parameters/);
  expect(report).toContain('generate: REQUEST_INVALID');
  expect(report).not.toContain('zebra');
  expect(report).not.toContain(`${homedir()}/`);
  expect(report).not.toMatch(new RegExp(`\\b${userInfo().username}\\b`));
});

test('the sheet of keys opens by its key and by the menu, and says what the keys are', async ({ app }) => {
  const { page } = app;
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await app.input.fill('a draft');
  await page.keyboard.press('ControlOrMeta+/');
  await expect(sheet).toBeVisible();
  for (const [words, keys] of [
    ['New chat', 'Ctrl N'],
    ['Pin the selection or message', 'Ctrl Shift P'],
    ['Keyboard shortcuts', 'Ctrl /'],
    ['Full screen', 'F11'],
  ]) {
    await expect(sheet.locator('dl > div').filter({ hasText: words }).locator('.sr-only')).toHaveText(keys);
  }
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(app.input).toBeFocused();
  await expect(app.input).toHaveValue('a draft');
  await app.chooseInMenu('Keyboard shortcuts');
  await expect(sheet).toBeVisible();
  await page.keyboard.press('ControlOrMeta+/');
  await expect(sheet).toHaveCount(0);
  await app.chooseInMenu('Settings…');
  await expect(page.getByRole('tab', { name: 'Settings' })).toHaveAttribute('aria-selected', 'true');
});
