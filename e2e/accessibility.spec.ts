import { DEFAULT_CONTEXT, expect, test } from './app.js';
import { expectNoViolations } from './axe.js';
import { longText, TABLE } from './texts.js';

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing to complain of, ${theme}`, async ({ app }) => {
    // One walk through all that the window shows: on a busy machine it takes minutes.
    test.slow();
    const { page } = app;
    app.expectedProblems.push(/The engine stopped unexpectedly/);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await app.setTheme(theme);
    await expectNoViolations(app, 'empty');

    await app.ask('Write a Python function that adds two numbers.');
    await app.send(TABLE);
    await app.answerGrowsTo(60);
    await expectNoViolations(app, 'while it answers');
    await page.keyboard.press('Escape');
    await app.answerEnds();
    await expectNoViolations(app, 'a conversation with a table and code');

    // This answer ends by itself; the table may go on for thousands of tokens.
    await app.answers.first().getByRole('button', { name: 'Compare with full cache' }).click();
    await expect(page.getByText('Memory for A and B')).toBeVisible();
    await expectNoViolations(app, 'a comparison before it starts');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible({ timeout: 60_000 });
    await expectNoViolations(app, 'a comparison');
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+Shift+M');
    await expect(page.getByRole('list', { name: 'Legend' })).toBeVisible();
    await expectNoViolations(app, 'what the model holds');
    await page.keyboard.press('Control+Shift+P');
    await expect(page.getByRole('region', { name: 'Pinned' })).toBeVisible();
    await expectNoViolations(app, 'a pinned message in what the model holds');
    await page.keyboard.press('Control+Shift+M');

    // By the menu key, from where the keyboard gets to in the message.
    await page.getByRole('article', { name: 'You' }).last().getByRole('button', { name: 'Unpin' }).first().focus();
    await page.keyboard.press('ContextMenu');
    await expect(page.getByRole('menuitem', { name: /^Unpin/ })).toBeVisible();
    await expectNoViolations(app, 'the menu of a pinned message');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Pinned' })).toHaveCount(0);

    await page.getByRole('slider', { name: 'Moment' }).focus();
    await page.keyboard.press('Home');
    await expectNoViolations(app, 'an earlier moment');
    await page.getByRole('button', { name: 'Export PNG, CSV or JSON' }).click();
    await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
    await expectNoViolations(app, 'the export menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Show as table' }).click();
    await expectNoViolations(app, 'the memory as a table');
    await page.getByRole('button', { name: 'Show as bars' }).click();
    await page.getByRole('slider', { name: 'Layer' }).focus();
    await expectNoViolations(app, 'a layer with its tip');
    await app.compression.click();
    await expect(page.getByRole('option', { name: 'Compact' })).toBeVisible();
    await expectNoViolations(app, 'the presets');
    await page.getByRole('option', { name: 'Memory budget' }).click();
    await expectNoViolations(app, 'the budget');
    await page.getByRole('textbox', { name: 'At most' }).fill('0.1');
    await expect(page.getByRole('alert')).toContainText('Too little');
    await expectNoViolations(app, 'a budget that is too small');
    await app.chooseCompression('Faithful');
    await page.getByRole('tab', { name: 'Model' }).click();
    await expectNoViolations(app, 'the model tab');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await expectNoViolations(app, 'settings');

    await app.modelPicker.click();
    await expect(page.getByRole('dialog', { name: 'Model' })).toBeVisible();
    await expectNoViolations(app, 'the model menu');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Memory .* context/ }).click();
    await expect(page.getByRole('dialog', { name: 'Memory of this chat' })).toBeVisible();
    await expectNoViolations(app, 'the memory card');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Details' }).last().click();
    await expectNoViolations(app, 'the details of an answer');
    await page.keyboard.press('Escape');
    await app.sendButton.hover();
    await expect(page.getByText('SendEnter')).toBeVisible();
    await expectNoViolations(app, 'a tooltip');

    await app.paste(longText(DEFAULT_CONTEXT + 1000));
    await expectNoViolations(app, 'a pasted text');
    await app.input.press('Enter');
    await app.answerEnds();
    await expect(app.answers.last().getByRole('alert')).toBeVisible();
    await expectNoViolations(app, 'a prompt that is too long');
    await app.killEngine();
    await expect(app.notices).toContainText('was restarted');
    await app.openModelFile('/nowhere/none.gguf');
    await page.getByRole('button', { name: 'Close this notice' }).click();
    await expect(app.notices).toContainText('The model file is not there.');
    await expectNoViolations(app, 'a model that could not be loaded');

    await app.resize({ width: 900, height: 600 });
    await expectNoViolations(app, 'a narrow window');
    await page.keyboard.press('ControlOrMeta+M');
    await expect(page.getByRole('dialog', { name: 'Memory, model and settings' })).toBeVisible();
    await expectNoViolations(app, 'the panel over a narrow window');
    await page.keyboard.press('Escape');
  });
}
