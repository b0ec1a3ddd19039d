import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './app.js';
import { expect, test } from './app.js';
import { expectNoViolations } from './axe.js';
import { COLORS_QUESTION, STORY } from './texts.js';

const history = (app: App) => app.page.getByRole('navigation', { name: 'Chat history' });
const row = (app: App, title: string) => history(app).getByRole('button', { name: title, exact: true });

test('an answer that is under way when everything is killed is there after the next start', async ({ launch }) => {
  const app = await launch();
  await app.send(STORY);
  await app.answerGrowsTo(60);
  const shown = await app.lastText();
  // What is shown is on the disk half a second later.
  await app.page.waitForTimeout(500);
  await app.killAll();
  const next = await launch({ userData: app.userData, waitsForModel: false });
  await history(next).getByRole('button').first().click();
  await expect(next.answers).toHaveCount(1);
  expect(await next.lastText()).toContain(shown.slice(0, 50));
  await expect(next.answers.first()).toContainText('Cut short: the app ended here');
});

test('chats are found, renamed, pinned, put away, deleted and brought back, and are there after the next start', async ({
  launch,
}) => {
  const app = await launch();
  const { page } = app;
  await app.send('Where does the lighthouse keeper sleep?');
  await app.stopAfterAFewWords();
  await page.keyboard.press('ControlOrMeta+N');
  await app.send('Which bread has walnuts?');
  await app.stopAfterAFewWords();

  // Found by a word of the other chat, and opened by keyboard alone.
  await page.keyboard.press('ControlOrMeta+Shift+F');
  await page.keyboard.type('lightho');
  await expect(page.getByRole('navigation', { name: 'Found chats' }).locator('mark').first()).toHaveText('lightho');
  await expectNoViolations(app, 'a search');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'You' })).toContainText('lighthouse keeper');
  await page.getByRole('button', { name: 'Clear the search' }).click();

  await row(app, 'Which bread has walnuts?').focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('Bread');
  await page.keyboard.press('Enter');
  await expect(row(app, 'Bread')).toBeFocused();
  await row(app, 'Bread').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
  await expect(history(app).getByRole('heading')).toHaveText(['Pinned', 'Today']);

  await row(app, 'Where does the lighthouse keeper sleep?').focus();
  await page.keyboard.press('Delete');
  await expect(row(app, 'Where does the lighthouse keeper sleep?')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.input).toBeFocused();
  await row(app, 'Where does the lighthouse keeper sleep?').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await expect(history(app).getByRole('heading')).toHaveText(['Pinned']);

  await row(app, 'Bread').click({ modifiers: ['Control'] });
  await expectNoViolations(app, 'selected chats');
  await page.keyboard.press('Escape');

  // A draft stays with its chat.
  await row(app, 'Bread').click();
  await app.input.fill('And which has none?');
  await app.quit();

  const next = await launch({ userData: app.userData, waitsForModel: false });
  await row(next, 'Bread').click();
  await expect(next.input).toHaveValue('And which has none?');
  await expect(next.answers).toHaveCount(1);
  await next.page.getByRole('button', { name: /^Archive/ }).click();
  await next.page
    .getByRole('button', { name: /lighthouse keeper/ })
    .first()
    .click();
  await expect(next.page.getByRole('article', { name: 'You' })).toContainText('lighthouse keeper');
});

test('a message changed, an answer asked for again and written on are versions of one chat', async ({ app }) => {
  const { page } = app;
  await app.send(STORY);
  await app.stopAfterAFewWords();
  const first = await app.lastText();
  await page.getByRole('button', { name: 'Continue' }).click();
  await app.answerGrowsTo(first.length + 20);
  await page.keyboard.press('Escape');
  await app.answerEnds();
  expect(await app.lastText()).toContain(first.trim().slice(0, 10));

  await page.getByRole('button', { name: 'Regenerate' }).click();
  await app.stopAfterAFewWords();
  await expect(page.getByRole('group', { name: 'Version 2 of 2' })).toBeVisible();
  await page.getByRole('button', { name: 'Version before' }).click();
  await expect(page.getByRole('group', { name: 'Version 1 of 2' })).toBeVisible();

  await page.getByRole('article', { name: 'You' }).hover();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Change the message' }).fill(COLORS_QUESTION);
  await page.keyboard.press('Enter');
  await app.namesColor();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('article', { name: 'You' })).toContainText(COLORS_QUESTION);
  await page.getByRole('group', { name: 'Version 2 of 2' }).getByRole('button', { name: 'Version before' }).click();
  await expect(page.getByRole('article', { name: 'You' })).toContainText('lighthouse');
});

test('chats go to a file and come back from it, and a second app shows the first one’s window', async ({ launch }) => {
  const app = await launch();
  const { page } = app;
  await app.send('Which bread has walnuts?');
  await app.stopAfterAFewWords();
  const file = join(app.userData, 'exported.json');
  await app.saveInDialogs(file);
  await app.chooseInMenu('Export all chats…');
  await expect(page.getByRole('status').filter({ hasText: 'Saved as' })).toBeVisible();
  const text = await app.lastText();
  // As if it came from another machine.
  await writeFile(
    file,
    (await readFile(file, 'utf8'))
      .replaceAll('"id":"', '"id":"other-')
      .replace('"leafId":"', '"leafId":"other-')
      .replaceAll('"parentId":"', '"parentId":"other-')
      .replaceAll('walnuts', 'hazelnuts'),
  );
  await app.chooseInDialogs(file, file);
  await app.chooseInMenu('Import chats…');
  await expect(page.getByRole('status').filter({ hasText: '1 chat imported' })).toBeVisible();
  await history(app).getByRole('button', { name: 'Which bread has hazelnuts?' }).first().click();
  await expect(page.getByRole('article', { name: 'You' })).toContainText('hazelnuts');
  expect(await app.lastText()).toBe(text.replaceAll('walnuts', 'hazelnuts'));
  await app.chooseInMenu('Import chats…');
  await expect(page.getByRole('status').filter({ hasText: '0 chats imported, 1 was there already' })).toBeVisible();

  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  // The first app's own files are not for the second to judge.
  const downloads = join(app.userData, 'downloads.json');
  await writeFile(downloads, 'no sense');
  expect(await app.startAgain()).toBe(0);
  expect(await readFile(downloads, 'utf8')).toBe('no sense');
  await expect
    .poll(() =>
      app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.isMinimized())),
    )
    .toEqual([false]);
});
