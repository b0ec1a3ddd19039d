import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './app.js';
import { expect, test } from './app.js';
import { expectNoViolations } from './axe.js';

const PROMPT = 'Answer as the keeper of a lighthouse.';
const prompt = ({ page }: App) => page.getByRole('textbox', { name: 'System prompt' });

/** By the keys alone: the panel opens with the system prompt ready to be written. */
async function openChatTab(app: App): Promise<void> {
  await app.page.keyboard.press('ControlOrMeta+I');
  await expect(prompt(app)).toBeFocused();
}

test('a chat’s system prompt is what its model reads, is kept, and becomes an assistant that can be shared', async ({
  launch,
}) => {
  const app = await launch();
  const { page } = app;
  await openChatTab(app);
  await page.keyboard.type(PROMPT);
  await expect(page.getByText(/^\d+ tokens$/)).toBeVisible();
  const most = page.getByRole('textbox', { name: 'Most tokens of an answer' });
  await most.fill('0');
  await expect(page.getByRole('alert').filter({ hasText: 'A whole number from 1' })).toBeVisible();
  await most.fill('6');
  await most.press('Enter');
  await app.ask('Who are you?');
  await expect(app.answers.last()).toContainText('Ended after 6 tokens');
  await page.getByRole('button', { name: 'Details' }).click();
  await expect(page.getByRole('dialog', { name: 'Details of the answer' })).toContainText(PROMPT.slice(0, 20));
  await page.keyboard.press('Escape');
  await prompt(app).fill(`${PROMPT} Be brief.`);
  await expect(page.getByText(/the whole chat is read again: about \d+ tokens/)).toBeVisible();
  await expectNoViolations(app, 'what a chat sets for itself');

  await page.getByRole('button', { name: 'Save as assistant…' }).press('Enter');
  await page.keyboard.type('Keeper');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+N');
  await expect(prompt(app)).toHaveValue('');
  await page
    .locator('.first')
    .getByRole('combobox', { name: /^Assistant/ })
    .click();
  await page.getByRole('option', { name: 'Keeper' }).click();
  await expect(prompt(app)).toHaveValue(`${PROMPT} Be brief.`);

  const file = join(app.userData, 'keeper.json');
  await app.saveInDialogs(file);
  await app.chooseInDialogs(file);
  await app.chooseInMenu('Assistants…');
  const dialog = page.getByRole('dialog', { name: 'Assistants' });
  await dialog.getByRole('button', { name: 'Export Keeper…' }).click();
  await expect(dialog.getByRole('status')).toContainText('Saved as');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    ...{ format: 'pyramid-assistants', version: 1 },
    assistants: [{ name: 'Keeper', systemPrompt: `${PROMPT} Be brief.`, maxTokens: 6 }],
  });
  await dialog.getByRole('button', { name: 'Delete Keeper' }).click();
  await expect(dialog.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(dialog.getByText('Keeper', { exact: true })).toHaveCount(0);
  // The window of assistants hides the panel from the roles, not from the eye.
  await expect(page.locator('#system-prompt')).toHaveValue(`${PROMPT} Be brief.`);
  await dialog.getByRole('button', { name: 'Import…' }).click();
  await dialog.getByRole('button', { name: 'Rename Keeper' }).click();
  await page.keyboard.type('Keeper of the light');
  await page.keyboard.press('Enter');
  await expectNoViolations(app, 'the assistants');
  await app.quit();

  const next = await launch({ userData: app.userData, waitsForModel: false });
  await next.page.getByRole('navigation', { name: 'Chat history' }).getByRole('button').first().click();
  await expect(next.input).toBeFocused();
  await openChatTab(next);
  await expect(prompt(next)).toHaveValue(`${PROMPT} Be brief.`);
  await next.page.getByRole('combobox', { name: /^Assistant/ }).click();
  await expect(next.page.getByRole('option', { name: 'Keeper of the light' })).toBeVisible();
});
