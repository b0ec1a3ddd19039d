import { sideId } from '../electron/ipc/side-id.js';
import type { SideName } from '../engine/types.js';
import { type App, expect, test } from './app.js';
import { COLORS_QUESTION, longText } from './texts.js';

const view = (app: App) => app.page.getByRole('region', { name: 'Comparison with the full cache' });
const side = (app: App, name: 'A' | 'B') => app.page.getByRole('region', { name: new RegExp(`^${name}, `) });
const compareButton = (app: App) => app.answers.last().getByRole('button', { name: 'Compare with full cache' });
const button = (app: App, name: string) => app.page.getByRole('button', { name, exact: true });

/** Cells of a row of the table. */
async function row(app: App, name: string): Promise<string[]> {
  return await view(app).getByRole('row', { name }).getByRole('cell').allInnerTexts();
}

/** How the last comparison ended. */
async function outcome(app: App) {
  const frames = await app.framesOf('comparison');
  return frames.at(-1);
}

async function resultOf(app: App, name: SideName) {
  const requestId = sideId((await outcome(app))?.requestId ?? '', name);
  const end = (await app.framesOf('end')).find((frame) => frame.requestId === requestId)?.end;
  if (!end?.result) throw new Error(`Side ${name} has no result.`);
  return end.result;
}

/** An answer of a few words about a long text, and its comparison, opened. */
async function openComparison(app: App): Promise<string> {
  await app.send(`${longText(500)}\n\nWhat is this about?`);
  await app.stopAfterAFewWords();
  const text = await app.lastText();
  await compareButton(app).click();
  return text;
}

async function runs(app: App): Promise<void> {
  await expect(app.page.getByRole('status').filter({ hasText: /^(Done|The answers are the same)/ })).toBeVisible({
    timeout: 60_000,
  });
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

test('an answer beside that of the full cache: the table is what the engine reports, and one side is kept', async ({
  app,
}) => {
  await app.chooseCompression('Compact');
  await app.recordFrames();
  const before = await openComparison(app);
  const chat = (await app.ends())[0].result;
  await expect(view(app)).toContainText('answered twice, by the same seed');
  await expect(view(app)).toContainText(/Memory for A and B[\d.]+ MB \+ [\d.]+ MB/);
  await expect(app.input).toHaveCount(0);
  await expect(button(app, 'Start')).toBeFocused();
  await app.page.keyboard.press('Enter');
  await runs(app);

  const [full, compressed] = [await resultOf(app, 'full'), await resultOf(app, 'compressed')];
  expect([full.seed, compressed.seed]).toEqual([chat?.seed, chat?.seed]);
  expect(full.kv).toMatchObject({ dtype: 'int8', keptFraction: 1 });
  expect(compressed.kv.compression).toEqual({ preset: 'compact' });
  // Read from its beginning under the same seed, the first turn's answer comes again.
  expect(compressed.text).toBe(chat?.text);
  await expect(side(app, 'B')).toContainText('This is the answer in the chat.');
  expect((await row(app, 'Memory at the end')).slice(0, 2)).toEqual(
    [full, compressed].map(({ kv }) => megabytes(kv.bytesInUse)),
  );
  expect((await row(app, 'The usual cache of these tokens')).slice(0, 2)).toEqual(
    [full, compressed].map(({ kv }) => megabytes(kv.fullFp16Bytes)),
  );
  expect((await row(app, 'Answer length')).slice(0, 2)).toEqual(
    [full, compressed].map(({ completionTokens }) => `${completionTokens} tokens`),
  );
  const step = (await outcome(app))?.step;
  if (step?.type !== 'done') throw new Error(`The comparison ended in ${step?.type}.`);
  expect((await row(app, 'Same next token likeliest'))[1]).toBe(
    `${step.agreement.agreeing} of ${step.agreement.places}`,
  );
  const written = (await app.framesOf('comparison')).find((frame) => frame.step.type === 'written')?.step;
  const divergence = written?.type === 'written' ? written.divergence : null;
  if (divergence) {
    await expect(side(app, 'A')).toContainText(`first difference · token ${divergence.sameTokens + 1}`);
    expect((await row(app, 'Same tokens before'))[0]).toBe(String(divergence.sameTokens));
    await button(app, 'Keep this answer').first().click();
    await expect(view(app)).toHaveCount(0);
    await expect(compareButton(app)).toBeFocused();
    expect((await app.lastText()).trim()).not.toBe(before.trim());
  } else {
    await expect(button(app, 'Keep this answer')).toHaveCount(0);
    await app.page.keyboard.press('Escape');
  }
  // What the model holds of the chat was left alone: a regenerated answer reads nothing.
  await button(app, 'Regenerate').click();
  await app.stopAfterAFewWords();
  const again = (await app.ends()).at(-1)?.result;
  expect(again?.reusedTokens).toBe(again?.promptTokens);
});

test('it is stopped and closed by Esc, leads back to where one came from, and a message waits for it', async ({
  app,
}) => {
  const { page } = app;
  await app.recordFrames();
  // Long enough that reading it takes some seconds.
  await app.send(longText(2500));
  await app.stopAfterAFewWords();
  const text = await app.lastText();
  await compareButton(app).focus();
  await page.keyboard.press('Enter');
  await expect(button(app, 'Start')).toBeFocused();
  await expect(view(app)).toContainText('Time, about');
  await page.keyboard.press('Enter');
  await expect(button(app, 'Stop')).toBeFocused();

  // In another chat one can write, and is told what is going on.
  await page.keyboard.press('ControlOrMeta+N');
  await app.send(COLORS_QUESTION);
  await expect(page.getByText('Still comparing. Your text is kept')).toBeVisible();
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Note 1/ })
    .click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('status').filter({ hasText: 'Stopped by you' })).toBeVisible();
  expect((await outcome(app))?.step).toEqual({ type: 'aborted' });
  await expect(button(app, 'Run again')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(view(app)).toHaveCount(0);
  await expect(compareButton(app)).toBeFocused();
  expect(await app.lastText()).toBe(text);
  await app.stillAnswers();
});

test('an engine that stops in its middle, and an answer with the full cache, are told of', async ({ app }) => {
  app.expectedProblems.push(/The engine stopped unexpectedly/);
  const { page } = app;
  await openComparison(app);
  await button(app, 'Start').click();
  await expect(button(app, 'Stop')).toBeVisible();
  await app.killEngine();
  await expect(app.notices).toContainText('The engine stopped and');
  await expect(page.getByRole('status').filter({ hasText: 'Cut short' })).toBeVisible();
  await app.modelIsLoaded();
  await button(app, 'Back to the chat').click();
  await expect(app.answers).toHaveCount(1);

  await app.chooseCompression('Off');
  await app.send('Hello');
  await app.stopAfterAFewWords();
  await compareButton(app).click();
  await expect(view(app)).toContainText('there is nothing to compare it with');
  await app.chooseCompression('Compact');
  await expect(view(app)).toContainText('then under Compact');
  await page.keyboard.press('Escape');
  await expect(view(app)).toHaveCount(0);
});
