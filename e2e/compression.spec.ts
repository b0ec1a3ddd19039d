import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyGguf } from '../engine/testing/tiny-model.js';
import type { KvStats } from '../engine/types.js';
import { type App, expect, test } from './app.js';
import { COLORS_QUESTION, longText } from './texts.js';

const READ_AGAIN = 'From the next message on: the conversation is read again.';

const panelOf = ({ page }: App) => page.getByRole('complementary', { name: 'Memory' });

/** Sends a message and stops its answer, if it does not end by itself, when so many characters have come. */
async function askBriefly(app: App, text: string, characters = 30): Promise<void> {
  const before = await app.answers.count();
  await app.send(text);
  await expect(app.answers).toHaveCount(before + 1);
  const isEnough = async () => (await app.lastText()).length >= characters || (await app.sendButton.isVisible());
  await expect.poll(isEnough, { timeout: 60_000 }).toBe(true);
  await app.page.keyboard.press('Escape');
  await app.answerEnds();
}

/** Tokens of each layer as the table in the panel has them, layer 0 first. */
async function layersInTable(app: App): Promise<number[]> {
  const rows = panelOf(app).getByRole('region', { name: 'Layers as a table' }).getByRole('row');
  const cells = (await rows.allInnerTexts()).slice(1).map((row) => row.trim().split(/\s+/)[1]);
  return cells.map((cell) => Number(cell.replaceAll(',', ''))).reverse();
}

const mean = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0) / counts.length;

async function kvFrames(app: App): Promise<KvStats[]> {
  return (await app.framesOf('kv')).map(({ kv }) => kv);
}

test('a preset that is chosen shapes the memory from the next message on', async ({ app }) => {
  const panel = panelOf(app);
  await app.recordFrames();
  const model = (await app.framesOf('model')).at(-1)?.model;
  const faithful = model?.state === 'ready' ? model.presets.find(({ name }) => name === 'faithful') : undefined;
  if (!faithful) throw new Error(`The model is ${model?.state}.`);
  await expect(panel).toContainText(
    faithful.measured
      ? /Keeps\s\d+\s%\sof the tokens in \d+\s%\sof the usual memory\. Next words/
      : 'Not measured for this model.',
  );
  await app.ask(COLORS_QUESTION);
  await app.chooseCompression('Compact');
  await expect(panel).toContainText(READ_AGAIN);

  await askBriefly(app, `${longText(900)}\n\nWhat is this about?`);
  await expect(panel).not.toContainText(READ_AGAIN);
  const end = (await app.ends()).at(-1);
  if (!end?.result) throw new Error(`The answer ended in ${end?.type}.`);
  const { kv, reusedTokens } = end.result;
  expect(reusedTokens).toBe(0);
  expect(kv.compression).toEqual({ preset: 'compact' });
  expect(kv.dtype).toBe('int8');
  expect(kv.keptFraction).toBeLessThan(0.5);
  await expect.poll(() => layersInTable(app)).toEqual(kv.layers.map(({ tokens }) => tokens));
  const tokens = await layersInTable(app);
  expect(mean(tokens.slice(-5))).toBeLessThan((2 / 3) * mean(tokens.slice(0, -5)));
  const share = `${((100 * kv.bytesInUse) / kv.fullFp16Bytes).toFixed(1)} %`;
  await expect(panel.getByRole('region', { name: 'Memory in use' })).toContainText(`${share} of the usual`);
});

test('the pyramid is seen to form, layer after layer, while a prompt is read', async ({ app }) => {
  await app.chooseCompression('Paper');
  await app.recordFrames();
  await app.send(`${longText(1200)}\n\nWhat is this about?`);
  await expect(panelOf(app)).toContainText(/not held\s*[\d,]+/);
  await expect.poll(async () => (await app.framesOf('text')).length, { timeout: 60_000 }).toBeGreaterThan(0);
  await app.page.keyboard.press('Escape');
  await app.answerEnds();

  const reading = (await kvFrames(app)).filter(
    ({ tokensSeen, generatedTokens }) => tokensSeen > 0 && generatedTokens === 0,
  );
  const filled = reading.map(({ layers }) => layers.filter(({ tokens }) => tokens > 0).length);
  expect(new Set(filled).size).toBeGreaterThan(3);
  expect(filled).toEqual(filled.toSorted((a, b) => a - b));
  for (const { layers, tokensSeen } of reading) {
    const firstEmpty = layers.findIndex(({ tokens }) => tokens === 0);
    if (firstEmpty >= 0) expect(layers.slice(firstEmpty).every(({ tokens }) => tokens === 0)).toBe(true);
    const tokens = layers.map((layer) => layer.tokens);
    expect(tokens).toEqual(tokens.toSorted((a, b) => b - a));
    expect(tokens[0]).toBeLessThanOrEqual(tokensSeen);
  }
});

test('the choice is there at the next start', async ({ launch }) => {
  const first = await launch({ waitsForModel: false });
  await first.modelIsLoaded();
  await first.chooseCompression('Balanced');
  await first.chooseCompression('Memory budget');
  await panelOf(first).getByRole('textbox', { name: 'At most' }).fill('12,5');
  await panelOf(first).getByRole('textbox', { name: 'At most' }).press('Enter');
  await expect(first.compression).toHaveAccessibleName('Compression: Memory budget 12.5 MB');
  await first.quit();

  const second = await launch({ userData: first.userData });
  await expect(second.compression).toHaveAccessibleName('Compression: Memory budget 12.5 MB');
  await expect(panelOf(second).getByRole('textbox', { name: 'At most' })).toHaveValue('12.5');
  await second.recordFrames();
  await second.ask(COLORS_QUESTION);
  expect((await second.ends())[0].result?.kv.compression).toEqual({ budgetBytes: 12.5e6 });
});

test('a budget that is too small is refused where it is typed, and the least that will do is one click away', async ({
  app,
}) => {
  await app.recordFrames();
  await app.chooseCompression('Memory budget');
  const before = await app.compression.getAttribute('aria-label');
  const field = panelOf(app).getByRole('textbox', { name: 'At most' });
  await field.fill('lots');
  await expect(panelOf(app)).toContainText('Write a number of MB');
  await field.fill('0.1');
  await field.press('Enter');
  await expect(panelOf(app).getByRole('alert')).toContainText(/Too little: a chat can grow to [\d.]+ MB/);
  await expect(app.compression).toHaveAttribute('aria-label', before ?? '');

  // The engine accepts what the button offers, and nothing that is less by a step.
  await panelOf(app)
    .getByRole('button', { name: /^Use [\d.]+ MB$/ })
    .click();
  const budgetBytes = Number(await field.inputValue()) * 1e6;
  await expect(panelOf(app).getByRole('alert')).toHaveCount(0);
  await field.fill(String((budgetBytes - 1e5) / 1e6));
  await expect(panelOf(app).getByRole('alert')).toContainText('Too little');
  await field.fill(String(budgetBytes / 1e6));
  await app.send(COLORS_QUESTION);
  await app.namesColor();
  await app.answerEnds();
  const answered = (await app.ends()).at(-1)?.result?.kv;
  expect(answered?.compression).toEqual({ budgetBytes });
  expect(answered?.bytesInUse).toBeLessThanOrEqual(budgetBytes);
});

test('a chat of twelve turns under Compact never takes more than its budget, and still answers', async ({ app }) => {
  test.slow();
  await app.recordFrames();
  await app.chooseCompression('Compact');
  const text = longText(1200).split(' ');
  const part = Math.ceil(text.length / 11);
  for (let turn = 0; turn < 11; turn++) {
    await askBriefly(app, `${text.slice(turn * part, (turn + 1) * part).join(' ')}\n\nWhat was read?`);
  }
  await askBriefly(app, COLORS_QUESTION, 60);
  expect(await app.lastText()).toMatch(/(\w+\W+){4}/);

  const ends = (await app.ends()).map(({ result }) => result);
  expect(ends).toHaveLength(12);
  const caches = [...(await kvFrames(app)), ...ends.flatMap((result) => (result ? [result.kv] : []))];
  const written = caches.filter(({ tokensSeen }) => tokensSeen > 0);
  expect(written.length).toBeGreaterThan(24);
  for (const { bytesInUse, budgetBytes, tokensSeen } of written) {
    expect(budgetBytes, `${tokensSeen} tokens`).not.toBeNull();
    expect(bytesInUse, `${tokensSeen} tokens`).toBeLessThanOrEqual(budgetBytes ?? 0);
  }
  // Later turns read only what is new: what is in memory is gone on with, not built anew.
  for (const result of ends.slice(1)) {
    expect(result?.reusedTokens).toBeGreaterThan((result?.promptTokens ?? 0) / 2);
  }
  const last = ends.at(-1)?.kv;
  expect(last?.tokensSeen).toBeGreaterThan(1200);
  expect(last?.keptFraction).toBeLessThan(0.6);
});

test('the end of the context is announced before it comes, and said when it came', async ({ launch }) => {
  const folder = await mkdtemp(join(tmpdir(), 'pyramid-context-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 4096 } } as const;
  const app = await launch({ args: ['--model', await writeTinyGguf(folder, { metadata })], waitsForModel: false });
  await app.modelIsLoaded('tiny llama');
  await app.setTemperature(0);
  // Four tokens each; the random model then writes until nothing more fits.
  const announced = app.notices.getByText(/^3,[5-9]\d\d of 4,096 tokens used\./).waitFor();
  await app.send('hello '.repeat(880));
  await announced;
  await app.answerEnds();
  const end = app.answers.last().getByRole('status');
  await expect(end).toContainText('The context is full: 4,096 tokens. The answer ended here.');
  await expect(end).toContainText('No message was cut off or left out.');
  await expect(app.notices).toHaveCount(0);

  await app.ask('hello');
  await expect(app.answers.last().getByRole('alert')).toContainText('This does not fit the context.');
  await expect(app.notices).toHaveCount(0);
  await app.answers
    .last()
    .getByRole('button', { name: /^New chat( Ctrl|$)/ })
    .click();
  await app.ask('hello');
  await expect(app.answers.last()).toContainText('The context is full');
  await rm(folder, { recursive: true, force: true });
});

test('the slider takes presets where they were measured, and budgets between them', async ({ app }) => {
  const thumb = app.page.getByRole('slider', { name: 'Memory of the chat' });
  await expect(thumb).toHaveAttribute('aria-valuetext', /^Faithful, [\d.]+ MB$/);
  await thumb.focus();
  // A step is 1/400 of the axis, and a preset reaches 1/50 to each side.
  for (let step = 0; step < 12; step++) await thumb.press('ArrowLeft');
  await expect(thumb).toHaveAttribute('aria-valuetext', /^[\d.]+ MB$/);
  await expect(app.compression).toHaveAccessibleName(/^Compression: Memory budget [\d.]+ MB/);
  await expect(app.page.getByText('next word moves')).toBeVisible();
  await thumb.press('Home');
  await expect(app.page.getByText('Less than was measured on this model')).toBeVisible();
  await app.chooseCompression('Balanced');
  await expect(thumb).toHaveAttribute('aria-valuetext', /^Balanced, /);
});

test('the example that is to be read is long enough for layers to let go of a part of it', async ({ app }) => {
  await app.recordFrames();
  await app.page.getByText('Give it something to read').click();
  await app.stopAfterAFewWords();
  const kv = (await kvFrames(app)).at(-1);
  const tokens = (kv?.layers ?? []).map((layer) => layer.tokens);
  expect(tokens.filter((count) => count < (kv?.tokensSeen ?? 0)).length).toBeGreaterThan(tokens.length / 2);
});
