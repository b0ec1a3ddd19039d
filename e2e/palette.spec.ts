import { expect, test } from './app.js';
import { expectNoViolations } from './axe.js';

test('chats and commands are found by a few letters and chosen by keyboard alone', async ({ launch }) => {
  const app = await launch();
  const { page } = app;
  await app.send('Where does the lighthouse keeper sleep?');
  await app.stopAfterAFewWords();
  await page.keyboard.press('ControlOrMeta+N');

  const palette = page.getByRole('dialog', { name: 'Find a chat or a command' });
  await page.keyboard.press('ControlOrMeta+K');
  await expect(palette.getByRole('option').first()).toHaveText('Where does the lighthouse keeper sleep?');
  await expectNoViolations(app, 'the palette');
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();

  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('keeper light');
  await expect(palette.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'You' })).toContainText('lighthouse keeper');

  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  // A command that moves the focus keeps it.
  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('find in');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Find in chat' })).toBeFocused();

  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('zzzz');
  await expect(palette).toContainText('No chat and no command has all these words.');
});
