import type { TextMemory } from '../engine/types.js';
import { type App, expect, test } from './app.js';
import { longText } from './texts.js';

const question = (app: App) => app.page.getByRole('article', { name: 'You' }).first();
const pinLine = (app: App) => question(app).getByRole('region', { name: 'Pinned' });
const reading = (app: App) => app.page.getByRole('progressbar', { name: 'Reading the chat again' });

async function lastMemory(app: App): Promise<TextMemory> {
  const memory = (await app.framesOf('textMemory')).at(-1)?.memory;
  if (!memory) throw new Error('The engine has told of no text.');
  return memory;
}

const ROWS_PER_TOKEN = 30 * 3;

/** Of the tokens that the engine never drops: how many, and how many of them every head of every layer holds. */
async function pinnedTokens(app: App): Promise<{ pinned: number; whole: number }> {
  const { pinned, rows } = await lastMemory(app);
  const tokens = pinned.flatMap(({ from, to }) => Object.values(rows).slice(from, to));
  return { pinned: tokens.length, whole: tokens.filter((count) => count === ROWS_PER_TOKEN).length };
}

test('a pinned message is read again, and then every layer holds all of it', async ({ app }) => {
  const { page } = app;
  await app.chooseCompression('Compact');
  await app.recordFrames();
  await app.send(`The code is 4711.\n\n${longText(500)}`);
  await app.stopAfterAFewWords();

  // By the keyboard: the last message of the user.
  await page.keyboard.press('Control+Shift+P');
  await expect(pinLine(app)).toContainText(
    /Pinned, never dropped · [\d,]+ tokens, ([\d.]+ MB in full|in place of others), from the next message on/,
  );
  await expect(pinLine(app)).toContainText(/\d+ % of it was dropped before/);
  await pinLine(app).getByRole('button', { name: 'Read again now' }).click();
  await expect(reading(app)).toHaveCount(0, { timeout: 60_000 });
  await expect(pinLine(app)).not.toContainText('was dropped before');
  await expect(pinLine(app)).not.toContainText('from the next message on');
  const held = await pinnedTokens(app);
  expect(held.pinned).toBeGreaterThan(400);
  expect(held.whole).toBe(held.pinned);
  const { layers } = (await app.framesOf('kv')).at(-1)?.kv ?? { layers: [] };
  for (const { parts } of layers) expect(parts.pinned).toBeGreaterThan(400);

  // The card and the table say so, too.
  await page.getByRole('button', { name: /^Memory .* context/ }).click();
  await expect(page.getByRole('dialog', { name: 'Memory of this chat' })).toContainText(/Pinned[\d,]+ tokens/);
  await page.keyboard.press('Escape');

  await pinLine(app).getByRole('button', { name: 'Unpin' }).click();
  await expect(pinLine(app)).toHaveCount(0);
  await app.send('And what else?');
  await app.stopAfterAFewWords();
  await page.keyboard.press('Control+Shift+M');
  await expect.poll(async () => (await pinnedTokens(app)).pinned).toBe(0);
});

test('a selection is pinned by the message’s menu, and held by every layer', async ({ app }) => {
  const { page } = app;
  await app.chooseCompression('Compact');
  await app.recordFrames();
  await app.send(`${longText(400)}\n\nThe code of the old lighthouse is 4711, remember it well.`);
  await app.stopAfterAFewWords();

  await question(app).getByRole('button', { name: 'Show all' }).click();
  await page.evaluate(() => {
    const text = document.querySelector('.typed')?.firstChild;
    const from = text?.textContent?.indexOf('The code of') ?? -1;
    if (text && from >= 0)
      getSelection()?.setBaseAndExtent(text, from, text, from + 'The code of the old lighthouse is 4711'.length);
  });
  await page.locator('.typed').dispatchEvent('contextmenu', { button: 2, clientX: 400, clientY: 300 });
  await page.getByRole('menuitem', { name: /^Pin selection/ }).click();
  await expect(pinLine(app)).toContainText('The code of the old lighthouse is 4711');
  await app.send('What is the code?');
  await app.stopAfterAFewWords();
  await expect(pinLine(app)).toContainText(/Pinned passage, never dropped · \d+ tokens, in place of others/);
  const { pinned } = await pinnedTokens(app);
  expect(pinned).toBeGreaterThan(6);
  expect(pinned).toBeLessThan(20);

  // In the survival view, token by token, by keyboard alone.
  await page.keyboard.press('Control+Shift+M');
  const view = page.getByRole('region', { name: 'What the model holds of this chat' });
  await view.focus();
  await page.keyboard.press('ArrowRight');
  for (let token = 0; token < 4; token++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+Shift+P');
  await expect(page.locator('.held-pins').getByRole('listitem')).toHaveCount(2);
  expect(await page.evaluate(() => CSS.highlights.get('survival-pinned')?.size)).toBe(2);
});

test('a stronger compression is applied at once where that is asked for', async ({ app }) => {
  await app.chooseCompression('Faithful');
  await app.recordFrames();
  await app.send(`${longText(500)}\n\nWhat is this about?`);
  await app.stopAfterAFewWords();
  const before = (await app.framesOf('kv')).at(-1)?.kv;
  await app.chooseCompression('Compact');
  await app.page.getByRole('button', { name: 'Read again now' }).click();
  await expect(app.page.getByText('From the next message on')).toHaveCount(0, { timeout: 60_000 });
  await expect(reading(app)).toHaveCount(0);
  const after = (await app.framesOf('kv')).at(-1)?.kv;
  expect(after?.compression).toEqual({ preset: 'compact' });
  expect(after?.bytesInUse).toBeLessThan((before?.bytesInUse ?? 0) * 0.8);
});
