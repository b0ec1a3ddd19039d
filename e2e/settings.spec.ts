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
  await page.getByRole('option', { name: /^1,024 tokens/ }).click();
  await expect(context).toHaveAccessibleName('Context: 1,024 tokens');
  await app.modelIsLoaded();
  // Nearly full, the chat offers the next longer one by what it costs.
  await app.ask('hello '.repeat(900));
  await page.getByRole('button', { name: /^Raise to 2,048 \(\+[\d.]+ MB\)$/ }).click();
  await expect(context).toHaveAccessibleName('Context: 2,048 tokens');
  await app.modelIsLoaded();
  await expect(app.notices).toHaveCount(0);

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
  await expect(again.page.getByText('CPU, 1 thread,')).toBeVisible();
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

test('with an icon in the tray the app outlives its window, which comes back; quitting leaves nothing', async ({
  launch,
}) => {
  const app = await launch({ waitsForModel: false });
  const { page } = app;
  const isVisible = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  const close = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await app.electron.evaluate(({ dialog }) => {
    Object.assign(globalThis, { told: [] });
    const answer = async (_window: unknown, question: { message: string }) => {
      Reflect.get(globalThis, 'told').push(question.message);
      return { response: 0, checkboxChecked: false };
    };
    Object.assign(dialog, { showMessageBox: answer });
  });
  await page.getByRole('button', { name: /^Settings/ }).click();
  await page.getByRole('checkbox', { name: 'Icon in the tray' }).click();
  await expect(page.getByRole('checkbox', { name: 'Icon in the tray' })).toBeChecked();
  for (let time = 0; time < 2; time++) {
    await close();
    await expect.poll(isVisible).toBe(false);
    await app.electron.evaluate(({ app: main }) => main.emit('second-instance', {}, ['pyramid-chat'], '/'));
    await expect.poll(isVisible).toBe(true);
  }
  expect(await app.electron.evaluate(() => Reflect.get(globalThis, 'told'))).toEqual([
    'Pyramid Chat keeps running in the tray.',
  ]);
  await close();
  expect(await app.quit()).toBeLessThan(5000);
});

test('a key from anywhere is taken while it is wished for, and one that another program has is refused', async ({
  launch,
}) => {
  const isTaken = (app: Awaited<ReturnType<typeof launch>>, keys: string) =>
    app.electron.evaluate(({ globalShortcut }, accelerator) => globalShortcut.isRegistered(accelerator), keys);
  const first = await launch({ waitsForModel: false });
  await first.page.getByRole('button', { name: /^Settings/ }).click();
  const toggle = first.page.getByRole('checkbox', { name: 'Quick window from anywhere' });
  await expect(toggle).not.toBeChecked();
  await toggle.click();
  await expect.poll(() => isTaken(first, 'CmdOrCtrl+Shift+Space')).toBe(true);
  const keys = first.page.getByRole('textbox', { name: 'Keys' });
  await keys.focus();
  await first.page.keyboard.press('Shift+K');
  await expect(first.page.getByText('with Ctrl, Alt or ⌘ held')).toBeVisible();
  await first.page.keyboard.press('Control+N');
  await expect(first.page.getByRole('alert')).toContainText('for “New chat”');
  await first.page.keyboard.press('Control+Alt+K');
  await expect(keys).toHaveValue('Ctrl Alt K');
  await expect(first.page.getByRole('alert')).toHaveCount(0);
  expect(await isTaken(first, 'CmdOrCtrl+Alt+K')).toBe(true);
  expect(await isTaken(first, 'CmdOrCtrl+Shift+Space')).toBe(false);

  const second = await launch({ waitsForModel: false });
  second.expectedProblems.push(/SHORTCUT_TAKEN/);
  const refused = await second.page.evaluate(() => window.pyramid.changeSettings({ quickKey: 'Mod+Alt+K' }));
  expect(refused).toMatchObject({ ok: false, error: { code: 'SHORTCUT_TAKEN' } });
  await toggle.click();
  await expect.poll(() => isTaken(first, 'CmdOrCtrl+Alt+K')).toBe(false);
  const given = await second.page.evaluate(() => window.pyramid.changeSettings({ quickKey: 'Mod+Alt+K' }));
  expect(given).toMatchObject({ ok: true, value: { quickKey: 'Mod+Alt+K' } });
});
