import { expect, test } from './app.js';
import { longText } from './texts.js';

test('walk', async ({ app }) => {
  test.slow();
  const shot = async (name: string) => {
    for (const size of [
      { width: 1280, height: 800 },
      { width: 900, height: 600 },
    ])
      for (const theme of ['light', 'dark'] as const) {
        await app.resize(size);
        await app.setTheme(theme);
        await app.page.waitForTimeout(400);
        await app.page.screenshot({ path: `/tmp/walk/${name}-${size.width}-${theme}.png` });
      }
    await app.resize({ width: 1280, height: 800 });
  };
  await shot('1-start');
  await app.send(`${longText(900)}\n\nIs there a harbour?`);
  await app.stopAfterAFewWords();
  await shot('2-answer');
  await app.page.keyboard.press('Control+Shift+M');
  await app.page.waitForTimeout(800);
  await shot('3-survival');
  await app.page.keyboard.press('Control+Shift+M');
  await app.page.getByRole('button', { name: /^Settings/ }).click();
  await app.page.getByRole('group', { name: 'Tidy memory' }).getByText('Always').click();
  await shot('4-settings');
  await app.page.getByRole('tab', { name: 'Memory' }).click();
  await app.chooseCompression('Memory budget');
  const field = app.page.getByRole('textbox', { name: 'At most' });
  await field.fill('6');
  await field.press('Enter');
  await app.send('And a lighthouse?');
  await app.stopAfterAFewWords();
  const progress = app.page.getByRole('progressbar', { name: 'Tidying memory' });
  await expect(progress).toBeVisible({ timeout: 20_000 });
  await app.page.screenshot({ path: '/tmp/walk/5-tidying-1280.png' });
  await app.resize({ width: 900, height: 600 });
  await app.page.screenshot({ path: '/tmp/walk/5-tidying-900.png' });
  expect(await app.problems()).toEqual([]);
});
