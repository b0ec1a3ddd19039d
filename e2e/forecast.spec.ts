import type { Outlook } from '../electron/ipc/frames.js';
import { type App, DEFAULT_CONTEXT, expect, test } from './app.js';
import { COLORS_QUESTION, longText } from './texts.js';

const line = (app: App) => app.page.locator('.fore');

async function lastForecast(app: App) {
  const outlook: Outlook | undefined = (await app.framesOf('forecast')).at(-1)?.outlook;
  if (!outlook || 'error' in outlook) throw new Error(`No forecast came: ${JSON.stringify(outlook)}`);
  return outlook.forecast;
}

test('a draft tells what it will take, and the answer what came of it', async ({ app }) => {
  const { page } = app;
  await app.chooseCompression('Compact');
  await app.recordFrames();
  const input = page.getByRole('textbox', { name: 'Message' });
  await input.fill(longText(300));
  await expect(line(app)).toContainText(/[\d,]+ tokens to read, memory then .*\. It fits the context\./);
  // This machine has read nothing with this model yet.
  await expect(line(app)).toContainText('time not known yet');
  const first = await lastForecast(app);
  expect(first).toMatchObject({ reusedTokens: 0, firstTokenMs: null, contextLength: DEFAULT_CONTEXT });
  await input.press('Enter');
  await app.stopAfterAFewWords();
  const { result } = (await app.ends())[0];
  expect(result?.promptTokens).toBe(first.promptTokens);
  // With the answer's first tokens, before any of them is dropped: a byte for each of K and V, in full.
  const written = (await app.framesOf('kv')).map(({ kv }) => kv).filter(({ generatedTokens }) => generatedTokens > 0);
  const [{ bytesInUse, generatedTokens, fullFp16Bytes }] = written;
  const tokenBytes = fullFp16Bytes / (first.promptTokens + generatedTokens) / 2;
  expect(generatedTokens).toBeLessThan(64);
  expect(bytesInUse - generatedTokens * tokenBytes).toBe(first.kvBytes);
  expect(first.fullFp16Bytes).toBe(first.promptTokens * 2 * tokenBytes);

  await input.fill('And what does it say of winter?');
  await expect(line(app)).toContainText('first word in about');
  const second = await lastForecast(app);
  expect(second.firstTokenMs).toBeGreaterThan(0);
  await input.press('Enter');
  await app.stopAfterAFewWords();
  const end = (await app.ends())[1].result;
  expect([end?.promptTokens, end?.reusedTokens]).toEqual([second.promptTokens, second.reusedTokens]);

  await page.getByRole('button', { name: /^New chat( Ctrl|$)/ }).click();
  await input.fill(COLORS_QUESTION);
  await expect(line(app)).toContainText('first word in about');
  await input.press('Enter');
  await app.answerEnds();
  await page.getByRole('button', { name: 'Details' }).last().click();
  await expect(page.getByRole('dialog', { name: 'Details of the answer' })).toContainText('That was forecast');
  await page.keyboard.press('Escape');
  await expect(line(app)).toHaveCount(0);
});

test('a draft that is too long says so before it is sent', async ({ app }) => {
  const input = app.page.getByRole('textbox', { name: 'Message' });
  await input.fill(longText(DEFAULT_CONTEXT + 500));
  await expect(line(app)).toContainText(/[\d,]+ tokens too long for the context/);
});
