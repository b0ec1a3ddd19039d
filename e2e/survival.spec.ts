import type { KvStats, TextMemory } from '../engine/types.js';
import { type App, expect, test } from './app.js';
import { longText } from './texts.js';

const view = (app: App) => app.page.getByRole('region', { name: 'What the model holds of this chat' });
const legend = (app: App) => app.page.getByRole('list', { name: 'Legend' });

async function lastMemory(app: App): Promise<TextMemory> {
  const frames = await app.framesOf('textMemory');
  const memory = frames.at(-1)?.memory;
  if (!memory) throw new Error('The engine has told of no text.');
  return memory;
}

async function lastKv(app: App): Promise<KvStats> {
  const { result } = (await app.ends()).at(-1) ?? {};
  if (!result) throw new Error('No answer has ended.');
  return result.kv;
}

/** Tokens of each shade, as the legend says. */
async function countsInLegend(app: App): Promise<number[]> {
  const entries = await legend(app).getByRole('listitem').allInnerTexts();
  return entries.map((entry) => Number(/([\d,]+)\s*$/.exec(entry)?.[1].replaceAll(',', '')));
}

const bitsIn = (bytes: Uint8Array) =>
  Object.values(bytes).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);

test('the words that the model no longer holds are told apart, as the engine reports them', async ({ app }) => {
  const { page } = app;
  await app.chooseCompression('Paper');
  await app.recordFrames();
  await app.send(`${longText(600)}\n\nWhat is this about?`);
  await app.stopAfterAFewWords();
  await page.keyboard.press('Control+Shift+M');
  await expect(view(app)).toBeVisible();

  // Every head of this preset holds the same tokens, so that counts can be compared.
  const [memory, kv] = [await lastMemory(app), await lastKv(app)];
  expect(Object.values(memory.held).map(bitsIn)).toEqual(kv.layers.map(({ tokens }) => tokens));
  const depths = Object.values(memory.depths);
  const counts = await countsInLegend(app);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(kv.tokensSeen);
  expect(counts[0]).toBe(depths.filter((depth) => depth === 30).length);
  expect(counts[0]).toBeLessThan(kv.tokensSeen);
  await expect(view(app).getByText('Note 1. The tide gauge at the harbour wall')).toBeVisible();

  const [dropped] = depths.flatMap((depth, token) => (token > 10 && depth < 30 ? [token] : []));
  await view(app).focus();
  for (let token = 0; token < dropped; token++) {
    await page.keyboard.press('ArrowRight');
    if ((await page.locator('.survival-token').textContent())?.includes('dropped in turn')) break;
  }
  await expect(page.locator('.survival-token')).toContainText(
    /token [\d,]+: \d+ of 30 layers, \d+ of 90 heads, last dropped in turn 1/,
  );

  // One layer's tokens alone, from the bars.
  const bars = page.getByRole('slider', { name: 'Layer' });
  await bars.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect.poll(() => countsInLegend(app)).toEqual([kv.layers[29].tokens, kv.tokensSeen - kv.layers[29].tokens]);

  // The card's parts add up to what the engine reports.
  await page.getByRole('button', { name: /^Memory .* context/ }).click();
  const card = page.getByRole('dialog', { name: 'Memory of this chat' });
  await expect(card).toContainText(/Your last message[\d,]+ tokens/);
  await expect(card).toContainText(/Engine process[\d.]+ MB/);
  const parts = [...((await card.textContent()) ?? '').matchAll(/([\d,]+) tokens?([\d.]+) (MB|kB)/g)];
  // There is no earlier message.
  expect(parts).toHaveLength(3);
  const tokens = parts.reduce((sum, [, count]) => sum + Number(count.replaceAll(',', '')), 0);
  const bytes = parts.reduce((sum, [, , size, unit]) => sum + Number(size) * (unit === 'MB' ? 1e6 : 1e3), 0);
  expect(tokens).toBe(kv.tokensSeen);
  expect(Math.abs(bytes / kv.bytesInUse - 1)).toBeLessThan(0.05);
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+Shift+M');
  await expect(view(app)).toHaveCount(0);
  await expect(app.answers.last()).toBeVisible();
});

test('with nothing in memory, it says so and leads back', async ({ app }) => {
  await app.page.getByRole('button', { name: 'What the model still holds' }).click();
  await expect(app.page.getByText('Nothing is in memory yet.')).toBeVisible();
  await app.page.getByRole('button', { name: 'Back to the chat' }).click();
  await expect(app.page.getByText('Nothing is in memory yet.')).toHaveCount(0);
  await app.page.keyboard.press('Control+Shift+M');
  await expect(app.page.getByText('Nothing is in memory yet.')).toBeVisible();
  await app.page.keyboard.press('Escape');
  await expect(app.page.getByText('Nothing is in memory yet.')).toHaveCount(0);
});
