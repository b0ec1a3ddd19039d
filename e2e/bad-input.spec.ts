import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyGguf } from '../engine/testing/tiny-model.js';
import { type App, test as base, DEFAULT_CONTEXT, expect } from './app.js';
import { COLORS_QUESTION, longText } from './texts.js';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'pyramid-bad-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});

interface BadModel {
  path: string;
  /** How the notice names the kind of failure. */
  title: string;
  /** What it says of the cause and of the way out. */
  cause: RegExp;
}

async function writeBadModels(folder: string): Promise<BadModel[]> {
  const written = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };
  const tiny = async (name: string, options?: Parameters<typeof writeTinyGguf>[1]): Promise<string> =>
    writeTinyGguf(join(folder, name), options);
  const cut = await tiny('cut');
  await truncate(cut, 60_000);
  const headerOnly = await tiny('header');
  await truncate(headerOnly, 100);
  const absurd = Buffer.alloc(64);
  absurd.write('GGUF');
  absurd.writeUInt32LE(3, 4);
  absurd.writeBigUInt64LE(2n ** 60n, 8);
  absurd.writeBigUInt64LE(2n ** 60n, 16);
  const empty = join(folder, 'empty folder');
  await mkdir(empty);
  return [
    {
      path: await written('picture.gguf', 'PNG and not a model at all, whatever its name says'),
      title: 'This is not a model file that can be opened.',
      cause: /GGUF/,
    },
    { path: await written('nothing.gguf', ''), title: '', cause: /empty|cut short|not a model|truncated|bytes/i },
    { path: cut, title: 'The model file is cut short.', cause: /again/i },
    { path: headerOnly, title: 'The model file is cut short.', cause: /again/i },
    { path: await written('absurd.gguf', absurd), title: 'The model file is', cause: /./ },
    {
      path: await tiny('mamba', { metadata: { 'general.architecture': { type: 'string', value: 'mamba' } } }),
      title: 'This kind of model is not supported.',
      cause: /mamba.*llama/s,
    },
    {
      path: await tiny('no tokenizer', { metadata: { 'tokenizer.ggml.model': { type: 'string', value: 'rwkv' } } }),
      title: 'This model’s tokenizer is not supported.',
      cause: /rwkv/,
    },
    { path: join(folder, 'gone.gguf'), title: 'The model file is not there.', cause: /gone\.gguf/ },
    { path: empty, title: 'The model file', cause: /./ },
  ];
}

async function expectRefused(app: App, { path, title, cause }: BadModel): Promise<void> {
  const note = app.notices.getByRole('alert');
  await expect(note).toContainText(path.split(/[\\/]/).at(-1) ?? path);
  await expect(note).toContainText(title);
  await expect(note).toContainText(cause);
  await expect(app.modelPicker).toContainText('Failed');
  await expect(note.getByRole('button', { name: 'Choose another file…' })).toBeVisible();
  await expect(note.getByRole('button', { name: 'Use the default model' })).toBeVisible();
}

test('each bad model file is refused by its cause; the chat stays and the default model comes back', async ({
  app,
  folder,
}) => {
  await app.ask('My cat is called Zorro. Say hello to it.');
  const words = await app.lastText();
  for (const model of await writeBadModels(folder)) {
    await test.step(model.path, async () => {
      await app.openModelFile(model.path);
      await expectRefused(app, model);
      expect(await app.lastText()).toBe(words);
    });
  }
  await app.input.fill('What is my cat called?');
  await app.notices.getByRole('button', { name: 'Use the default model' }).click();
  await app.modelIsLoaded();
  await expect(app.notices).toHaveCount(0);
  await app.input.press('Enter');
  expect(await app.answerEnds()).toContain('Zorro');
});

test('a bad model given at the start leaves a window that can be used', async ({ launch, folder }) => {
  const path = join(folder, 'mistaken.gguf');
  await writeFile(path, 'nothing of a model');
  const app = await launch({ args: ['--model', path], waitsForModel: false });
  await expectRefused(app, { path, title: 'This is not a model file that can be opened.', cause: /GGUF/ });
  await app.send(COLORS_QUESTION);
  await expect(app.answers.last()).toContainText('Sent as soon as a model is loaded');
  await app.notices.getByRole('button', { name: 'Use the default model' }).click();
  await app.modelIsLoaded();
  expect(await app.answerEnds()).not.toBe('');
});

test('another model can be opened, and a file that is refused can be mended', async ({ launch, folder }) => {
  const template = "{{ raise_exception('turns must alternate') }}";
  const path = await writeTinyGguf(folder, {
    metadata: { 'tokenizer.chat_template': { type: 'string', value: template } },
  });
  const app = await launch({ args: ['--model', path], waitsForModel: false });
  await app.modelIsLoaded('tiny llama');
  await app.ask('Hello');
  const alert = app.answers.last().getByRole('alert');
  await expect(alert).toContainText('The model’s chat template failed.');
  await expect(alert).toContainText('turns must alternate');
  await expect(alert).toContainText('Your message stays.');
  await alert.getByRole('button', { name: 'Edit the message' }).click();
  await expect(app.input).toHaveValue('Hello');

  const mended = await writeTinyGguf(join(folder, 'mended'));
  await app.openModelFile(mended);
  await app.modelIsLoaded('tiny llama');
  await app.input.press('Enter');
  await expect(app.answers.last()).toContainText(/[1-9]\d* tokens?/);
});

test('a system prompt longer than the context is told as that, in the box and in the answer, and leads to where it is written', async ({
  app,
}) => {
  const { page } = app;
  const prompt = page.getByRole('textbox', { name: 'System prompt' });
  await page.keyboard.press('ControlOrMeta+I');
  await prompt.fill('§¶'.repeat(DEFAULT_CONTEXT));
  await app.input.fill('Hello');
  await expect(page.locator('.fore')).toContainText('The system prompt leaves no room.');
  await app.input.press('Enter');
  const alert = app.answers.last().getByRole('alert');
  await expect(alert).toContainText('Shorten the system prompt by');
  await alert.getByRole('button', { name: 'Edit the system prompt' }).click();
  await expect(prompt).toBeFocused();
  await prompt.fill('Be brief.');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await app.stopAfterAFewWords();
});

test('a prompt longer than the context is refused by how much, and comes back as the draft', async ({ app }) => {
  await app.recordFrames();
  const text = longText(DEFAULT_CONTEXT + 2000);
  await app.input.fill(text);
  await app.input.pressSequentially('What is this about?');
  await app.input.press('Enter');
  await app.answerEnds();
  const [end] = await app.ends();
  if (end?.type !== 'error') throw new Error(`The answer ended in ${end?.type}.`);
  expect(end.error.code).toBe('PROMPT_TOO_LONG');
  const excess = Number(end.error.details?.excess);
  expect(excess).toBe(Number(end.error.details?.promptTokens) + 1 - DEFAULT_CONTEXT);
  expect(excess).toBeGreaterThan(500);
  expect(await app.framesOf('prefill')).toEqual([]);

  const alert = app.answers.last().getByRole('alert');
  await expect(alert).toContainText('This does not fit the context.');
  await expect(alert).toContainText(`Shorten it by ${excess.toLocaleString('en-US')} tokens`);
  await alert.getByRole('button', { name: 'Edit the message' }).click();
  await expect(app.input).toHaveValue('What is this about?');
  const piece = app.page.getByRole('list', { name: 'Attached texts' }).getByRole('listitem');
  await expect(piece).toContainText('Note 1. The tide gauge');
  await app.page.getByRole('button', { name: 'Remove the pasted text' }).click();
  await app.input.fill(COLORS_QUESTION);
  await app.input.press('Enter');
  await app.namesColor();
});

test('an empty prompt is not sent', async ({ app }) => {
  await expect(app.sendButton).toHaveAttribute('aria-disabled', 'true');
  await app.input.press('Enter');
  await app.input.fill('  \n \t ');
  await app.input.press('Enter');
  await app.sendButton.click({ force: true });
  await expect(app.answers).toHaveCount(0);
  await expect(app.page.getByRole('article')).toHaveCount(0);
  await app.input.fill('x');
  await expect(app.sendButton).toHaveAttribute('aria-disabled', 'false');
});

/** Types a text and returns, for each key, how long it took until the next frame was drawn; milliseconds. */
async function typeTimed({ page, input }: App, text: string): Promise<number[]> {
  await input.focus();
  await page.evaluate(() => {
    const took: number[] = [];
    Object.assign(window, { keyTimes: took });
    window.addEventListener(
      'keydown',
      () => {
        const start = performance.now();
        requestAnimationFrame(() => setTimeout(() => took.push(performance.now() - start)));
      },
      true,
    );
  });
  await page.keyboard.type(text);
  const times = () => page.evaluate(() => Reflect.get(window, 'keyTimes') as number[]);
  await expect.poll(async () => (await times()).length).toBe(text.length);
  return await times();
}

test('a message of 1 MB is one line in the box, typing stays quick, and its refusal loses nothing', async ({ app }) => {
  const megabyte = 'All work and no play makes a dull day. '.repeat(27_000).slice(0, 2 ** 20);
  await app.paste(megabyte);
  const pieces = app.page.getByRole('list', { name: 'Attached texts' });
  await expect(pieces.getByRole('listitem')).toContainText('pasted · 1.0 MB');
  const question = 'What is this about?';
  const times = await typeTimed(app, question);
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  test.info().annotations.push({
    type: 'key to frame',
    description: `${median.toFixed(0)} ms, at most ${Math.max(...times).toFixed(0)} ms`,
  });
  expect(median).toBeLessThan(100);

  await app.input.press('Enter');
  const bubble = app.page.getByRole('article', { name: 'You' });
  await expect(bubble).toContainText(question);
  await expect(bubble).toContainText('pasted · 1.0 MB');
  expect(((await bubble.textContent()) ?? '').length).toBeLessThan(300);
  await app.answerEnds();
  const alert = app.answers.last().getByRole('alert');
  await expect(alert).toContainText(/Shorten it by \d{3},\d{3} tokens/);
  await alert.getByRole('button', { name: 'Edit the message' }).click();
  await expect(app.input).toHaveValue(question);
  await expect(pieces).toContainText('pasted · 1.0 MB');
});

test('stopping works while a message of 1 MB is kept or split into tokens', async ({ app }) => {
  await app.recordFrames();
  await app.paste('x'.repeat(2 ** 20));
  await app.input.press('Enter');
  await app.page.keyboard.press('Escape');
  await expect(app.answers.last()).toContainText('Stopped by you before the first token', { timeout: 30_000 });
  // A message that was still being written to the disk has not reached the engine.
  const [end] = await app.ends();
  if (end) expect(end).toMatchObject({ type: 'aborted', result: { promptTokens: 0 } });
  await app.page.getByRole('button', { name: /^New chat( Ctrl|$)/ }).click();
  await app.stillAnswers();
});
