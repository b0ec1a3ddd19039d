import { formatBytes } from '../renderer/src/format.js';
import { type App, DEFAULT_CONTEXT, expect, test } from './app.js';
import { COLORS_QUESTION, longText, STORY } from './texts.js';

const LAYERS = 30;

/** Watches the last answer's words on the screen: every text that was to be seen for at least one frame. */
async function watchAnswer({ page }: App): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seenTexts: seen });
    const look = () => {
      const words = [...document.querySelectorAll('article[aria-label="Answer"] .md')].at(-1)?.textContent ?? '';
      if (words !== '' && words !== seen.at(-1)) seen.push(words);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return () => page.evaluate(() => Reflect.get(window, 'seenTexts') as string[]);
}

const figure = (app: App, name: string) =>
  app.page
    .getByRole('complementary', { name: 'Memory' })
    .getByRole('definition')
    .filter({ has: app.page.locator(`xpath=preceding-sibling::dt[normalize-space()="${name}"]`) });

test('the first answer comes word by word, with its speed', async ({ app }) => {
  const seen = await watchAnswer(app);
  await app.send(STORY);
  await expect(app.answers.last()).toContainText(/[1-9]\d* tokens? · [1-9]\d* tok\/s/);
  await app.answerGrowsTo(400);
  await app.page.keyboard.press('Escape');
  await app.answerEnds();

  const texts = await seen();
  expect(texts.length).toBeGreaterThan(5);
  const lengths = texts.map((text) => text.length);
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  // It grows by words, not by the whole; how many at once depends on what else the machine does.
  const steps = lengths.map((length, i) => length - (lengths[i - 1] ?? 0));
  expect(Math.max(...steps)).toBeLessThan(lengths[lengths.length - 1] / 2);
});

test('an answer at temperature 0 is the same each time and tells its figures', async ({ app }) => {
  await app.recordFrames();
  const first = await app.ask(COLORS_QUESTION);
  for (const color of ['Red', 'Blue', 'Yellow']) expect(first).toContain(color);
  await expect(app.answers.last()).toContainText(/\d+ tokens · \d+ tok\/s · first token \d/);
  await app.page.getByRole('button', { name: 'Regenerate' }).click();
  expect(await app.answerEnds()).toBe(first);

  const [, end] = await app.ends();
  if (end?.type !== 'done') throw new Error(`The second answer ended in ${end?.type}.`);
  const { promptTokens, completionTokens, seed } = end.result;
  await app.page.getByRole('button', { name: 'Details' }).click();
  const details = app.page.getByRole('dialog', { name: 'Details of the answer' });
  await expect(details).toContainText(`Written${completionTokens} tokens`);
  await expect(details).toContainText(`Prompt${promptTokens} tokens`);
  await expect(details).toContainText(`Seed${seed}`);
  await expect(details).toContainText('The model ended it.');
});

test('the memory panel and its table show what the engine reported', async ({ app }) => {
  await app.recordFrames();
  await app.ask(COLORS_QUESTION);
  const [end] = await app.ends();
  if (end?.type !== 'done') throw new Error(`The answer ended in ${end?.type}.`);
  const { kv, promptTokens, completionTokens } = end.result;
  const seen = promptTokens + completionTokens;
  expect(kv.tokensSeen).toBe(seen);
  expect(kv.layers).toHaveLength(LAYERS);

  const panel = app.page.getByRole('complementary', { name: 'Memory' });
  await expect(figure(app, 'Tokens seen')).toHaveText(`${seen} of ${DEFAULT_CONTEXT.toLocaleString('en-US')}`);
  await expect(figure(app, 'In use')).toHaveText(
    `${formatBytes(kv.bytesInUse)} of ${formatBytes(kv.bytesAllocated)} allocated`,
  );
  await expect(panel.getByRole('region', { name: 'Memory in use' })).toContainText(
    `the usual cache would take ${formatBytes(kv.fullFp16Bytes)}`,
  );
  await expect(panel.getByRole('region', { name: 'Layers', exact: true })).toContainText(`context ${promptTokens}`);
  await expect(panel.getByRole('region', { name: 'Layers', exact: true })).toContainText(
    `generated ${completionTokens}`,
  );

  const rows = panel.getByRole('region', { name: 'Layers as a table' }).getByRole('row');
  const expected = kv.layers.map(({ tokens, parts, bytes, oldest, newest }, layer) =>
    [
      [layer, tokens, '100.0 %'],
      [parts.sinks, parts.pinned, parts.context, parts.recent, parts.generated],
      ['–', oldest, newest, `${Math.round(bytes / 1e3).toLocaleString('en-US')} kB`],
    ]
      .flat()
      .join(' '),
  );
  const head = 'Layer Tokens Kept First Pinned Context Recent Generated Attention lost Oldest Newest Bytes';
  // The deepest layer stands first, as in the drawing.
  await expect
    .poll(async () => (await rows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim()))
    .toEqual([head, ...expected.reverse()]);
  // The bars are drawn: the canvas is not of one colour.
  const canvas = panel.getByRole('slider', { name: 'Layer' }).locator('canvas');
  const colors = await canvas.evaluate((element: HTMLCanvasElement) => {
    const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data;
    return new Set(pixels && new Uint32Array(pixels.buffer)).size;
  });
  expect(colors).toBeGreaterThan(10);
});

test('an answer stops by Esc or by the button, keeps its text and says so', async ({ app }) => {
  await app.recordFrames();
  const stops = [() => app.page.keyboard.press('Escape'), () => app.stopButton.click()];
  for (const [turn, stop] of stops.entries()) {
    await app.send(STORY);
    await app.answerGrowsTo(40);
    const before = await app.lastText();
    await stop();
    const text = await app.answerEnds();
    const end = (await app.ends())[turn];
    if (end?.type !== 'aborted') throw new Error(`The answer ended in ${end?.type}.`);
    const { completionTokens } = end.result;
    expect(text.startsWith(before.trimEnd())).toBe(true);
    await expect(app.answers.nth(turn)).toContainText(`Stopped by you after ${completionTokens} tokens`);
  }
  await expect(app.answers).toHaveCount(2);
  // In a chat of its own: what follows two stories depends on where they were stopped.
  await app.page.getByRole('button', { name: /^New chat/ }).click();
  await app.stillAnswers();
});

test('a second turn reads only what is new', async ({ app }) => {
  await app.recordFrames();
  await app.ask('My cat is called Zorro. Say hello to it.');
  const answer = await app.ask('What is my cat called?');
  expect(answer).toContain('Zorro');
  const [first, second] = (await app.ends()).map((end) => end.result);
  if (!first || !second) throw new Error('Two answers were expected.');
  expect(first.reusedTokens).toBe(0);
  expect(second.reusedTokens).toBeGreaterThanOrEqual(first.promptTokens);
  expect(second.reusedTokens).toBeLessThan(second.promptTokens);
  await app.page.getByRole('button', { name: 'Details' }).last().click();
  await expect(app.page.getByRole('dialog', { name: 'Details of the answer' })).toContainText(
    `Reused of it${second.reusedTokens} tokens`,
  );
});

test('reading a long prompt shows how far it is, and can be stopped', async ({ app }) => {
  const reading = app.answers.last().getByText(/^Reading prompt \d+ %$/);
  await app.recordFrames();
  await app.send(`${longText(3000)}\n\nWhat is this about?`);
  await expect(reading).toBeVisible();
  await expect(app.answers.last()).toContainText(/[23],\d{3} tokens, about [\d.]+ s left/);
  await expect.poll(async () => Number((await reading.textContent())?.match(/\d+/)?.[0])).toBeGreaterThan(0);
  await app.page.keyboard.press('Escape');
  await app.answerEnds();
  await expect(app.answers.last()).toContainText('Stopped by you before the first token');
  const [end] = await app.ends();
  expect(end?.type).toBe('aborted');
  expect(end?.result?.kv.tokensSeen).toBeLessThan(end?.result?.promptTokens ?? 0);
  const percents = (await app.framesOf('prefill')).map(({ processed, total }) => processed / total);
  expect(percents.length).toBeGreaterThan(1);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));

  await app.page.getByRole('button', { name: /^New chat( Ctrl|$)/ }).click();
  await app.stillAnswers();
});

test('a second message waits its turn while the first is answered', async ({ app }) => {
  await app.send(STORY);
  await app.answerGrowsTo(20);
  await app.send(COLORS_QUESTION);
  await expect(app.input).toHaveValue('');
  await expect(app.answers).toHaveCount(2);
  await expect(app.answers.last()).toContainText('Sent when the answer before it is finished');
  await app.page.keyboard.press('Escape');
  await app.namesColor();
});

test('chats of a session are kept apart', async ({ app }) => {
  await app.recordFrames();
  await app.send('My cat is called Zorro. Say hello to it.');
  await app.stopAfterAFewWords();
  const history = app.page.getByRole('navigation', { name: 'Chat history' });
  await app.page.getByRole('button', { name: /^New chat( Ctrl|$)/ }).click();
  await expect(app.answers).toHaveCount(0);
  await expect(app.page.getByRole('heading', { level: 1 })).toHaveText('New chat');
  await app.send('My dog is called Pixel. Say hello to it.');
  await app.stopAfterAFewWords();
  await expect(history.getByRole('button', { name: /^My (cat|dog) is called/ })).toHaveCount(2);

  await history.getByRole('button', { name: /^My cat is called Zorro/ }).click();
  await expect(app.page.getByRole('article', { name: 'You' })).toHaveText('My cat is called Zorro. Say hello to it.');
  await expect(app.page.getByRole('complementary', { name: 'Memory' })).toContainText(
    'This is the memory of “My dog is called Pixel. Say hello to it.”',
  );
  const answer = await app.ask('What is my cat called?');
  expect(answer).toContain('Zorro');
  expect(answer).not.toContain('Pixel');

  const [cat, dog, catAgain] = (await app.ends()).map((end) => end.result);
  if (!cat || !dog || !catAgain) throw new Error('Three answers were expected.');
  // What the two chats have in common is how every prompt begins, up to the animal.
  expect(dog.reusedTokens).toBeGreaterThan(0);
  expect(dog.reusedTokens).toBeLessThan(dog.promptTokens - 3);
  expect(catAgain.reusedTokens).toBe(dog.reusedTokens);
  expect(catAgain.kv.tokensSeen).toBe(catAgain.promptTokens + catAgain.completionTokens);
});
