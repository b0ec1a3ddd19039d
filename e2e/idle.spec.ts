import { expect, test } from './app.js';
import { longText } from './texts.js';

const BUDGET_MB = 6;

test('a chat over its budget is tidied while nobody asks, which is seen, told and recorded', async ({ app }) => {
  test.slow();
  const panel = app.page.getByRole('complementary', { name: 'Memory' });
  await app.page.getByRole('button', { name: /^Settings/ }).click();
  // The computer that runs the tests has other things to do.
  await app.page.getByRole('group', { name: 'Tidy memory' }).getByText('Always').click();
  await app.page.getByRole('tab', { name: 'Memory' }).click();
  await app.chooseCompression('Memory budget');
  const field = app.page.getByRole('textbox', { name: 'At most' });
  await field.fill(String(BUDGET_MB));
  await field.press('Enter');
  await app.recordFrames();

  await app.send(`${longText(900)}\n\nIs there a harbour?`);
  await app.stopAfterAFewWords();
  const before = (await app.ends()).at(-1)?.result?.kv;
  expect(before?.bytesInUse).toBeGreaterThan(BUDGET_MB * 1e6);
  expect(before?.bytesInUse).toBeLessThanOrEqual(2 * BUDGET_MB * 1e6);

  const progress = app.page.getByRole('progressbar', { name: 'Tidying memory' });
  await expect(progress).toBeVisible({ timeout: 20_000 });
  await expect(panel.getByText('about to go')).toBeVisible();
  // To write is to be at it: the bar stands still.
  await app.input.pressSequentially('Wait', { delay: 100 });
  // The slice that ran just then ends.
  await app.page.waitForTimeout(300);
  const stood = await progress.getAttribute('aria-valuenow');
  await app.input.pressSequentially(' a bit', { delay: 100 });
  expect(await progress.getAttribute('aria-valuenow')).toBe(stood);
  await app.input.fill('');
  await expect(app.page.getByText(/^Memory tidied: [\d.]+ MB freed\.$/)).toBeVisible({ timeout: 60_000 });

  const frames = await app.framesOf('tidying');
  const done = frames.flatMap(({ tidying }) => (tidying?.state === 'done' ? [tidying] : []));
  expect(done).toHaveLength(1);
  expect(done[0].kv.bytesInUse).toBeLessThanOrEqual(BUDGET_MB * 1e6);
  expect(done[0].freedBytes).toBe((before?.bytesInUse ?? 0) - done[0].kv.bytesInUse);
  await expect(panel.getByText('tidied')).not.toHaveCount(0);

  await app.send('And a keeper?');
  await app.answerGrowsTo(1);
  await expect(app.page.getByText(/^Memory tidied/)).toHaveCount(0);
  const { reusedTokens } = (await app.framesOf('prefill')).map(({ reused }) => ({ reusedTokens: reused })).at(-1) ?? {};
  expect(reusedTokens).toBeGreaterThan(700);
});
