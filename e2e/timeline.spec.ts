import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Trace } from '../engine/trace/schema.js';
import type { KvStats } from '../engine/types.js';
import { type App, test as base, expect } from './app.js';
import { PROJECT } from './app-process.js';
import { COLORS_QUESTION, longText } from './texts.js';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'pyramid-timeline-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});

const slider = (app: App) => app.page.getByRole('slider', { name: 'Moment' });
const bar = (app: App) => app.page.getByText(/^As it was at/);
const bigFigure = (app: App) => app.page.getByRole('region', { name: 'Memory in use' }).locator('.big b');

/** The rows of a table that is there for screen readers. */
async function rowsOf(app: App, caption: string): Promise<string[][]> {
  return await app.page.evaluate((wanted) => {
    const tables = [...document.querySelectorAll('table')];
    const table = tables.find((each) => each.caption?.textContent === wanted);
    return [...(table?.tBodies[0]?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent ?? ''));
  }, caption);
}

const grouped = (count: number) => count.toLocaleString('en-US');
const megabytes = (bytes: number) =>
  bytes >= 999_500 || bytes === 0 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(0)} kB`;

/** Statistics of answers as the engine sent them; what came twice, once. */
async function sentStatistics(app: App): Promise<KvStats[]> {
  const frames = await app.framesOf('kv');
  const sent = frames.filter(({ requestId }) => requestId !== null).map(({ kv }) => kv);
  return sent.filter((kv, i) => keyOf(kv) !== (i > 0 ? keyOf(sent[i - 1]) : ''));
}

const keyOf = ({ tokensSeen, bytesInUse }: KvStats) => `${grouped(tokensSeen)} ${megabytes(bytesInUse)}`;

/** Sends a message and stops the answer at its first word: what it says, and how much, does not matter here. */
async function turn(app: App, text: string): Promise<void> {
  const before = await app.answers.count();
  await app.send(text);
  await expect(app.answers).toHaveCount(before + 1);
  await app.answerGrowsTo(1);
  await app.page.keyboard.press('Escape');
  await app.answerEnds();
}

/** Two turns under Compact, whose first is long enough to be thinned. */
async function chat(app: App): Promise<void> {
  await app.recordFrames();
  await app.chooseCompression('Compact');
  await turn(app, longText(700));
  await turn(app, COLORS_QUESTION);
}

test('the timeline is what the engine sent, and leads back to what was', async ({ app }) => {
  const { page } = app;
  await expect(page.getByText('Nothing was read yet.')).toBeVisible();
  await chat(app);
  const sent = await sentStatistics(app);
  await expect.poll(async () => (await rowsOf(app, 'Memory over time')).length).toBeGreaterThanOrEqual(sent.length);
  const rows = await rowsOf(app, 'Memory over time');
  const told = rows.map(([, , , tokens, , bytes]) => `${tokens} ${bytes}`).filter((row, i, all) => row !== all[i - 1]);
  expect(told).toEqual(sent.map(keyOf).filter((key, i, all) => key !== all[i - 1]));
  expect(new Set(rows.map(([, turn]) => turn))).toEqual(new Set(['1', '2']));

  const now = await bigFigure(app).textContent();
  await slider(app).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
  await expect(bar(app)).toBeVisible();
  const [time, , , tokens, , bytes] = rows[4];
  await expect(slider(app)).toHaveAttribute('aria-valuetext', `${time}, ${tokens} tokens, ${bytes}`);
  await expect(bigFigure(app)).toHaveText(bytes.replace(' ', ''));
  const shown = sent.find((kv) => keyOf(kv) === `${tokens} ${bytes}`);
  if (!shown) throw new Error('The moment is none that was sent.');
  await expect
    .poll(() => rowsOf(app, 'Cached tokens of each layer').then((layers) => layers.map((cells) => cells[1])))
    .toEqual(shown.layers.map(({ tokens: held }) => grouped(held)).toReversed());

  await page.keyboard.press('Control+Shift+M');
  await expect(page.getByText(/as it was at/)).toBeVisible();
  const counts = await page.getByRole('list', { name: 'Legend' }).getByRole('listitem').allInnerTexts();
  const total = counts.reduce((sum, entry) => sum + Number(/([\d,]+)\s*$/.exec(entry)?.[1].replaceAll(',', '')), 0);
  expect(grouped(total)).toBe(tokens);

  await page.keyboard.press('Escape');
  await expect(bar(app)).toBeHidden();
  await expect(bigFigure(app)).toHaveText(now ?? '');
});

test('a moment is left for now by a new answer, and replay runs to its end', async ({ app }) => {
  const { page } = app;
  await chat(app);
  await slider(app).scrollIntoViewIfNeeded();
  const box = await slider(app).boundingBox();
  if (!box) throw new Error('There is no timeline.');
  await page.mouse.move(box.x + 100, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 30, { steps: 3 });
  await page.mouse.up();
  await expect(bar(app)).toBeVisible();
  const before = await slider(app).getAttribute('aria-valuenow');
  await turn(app, COLORS_QUESTION);
  await expect(bar(app)).toBeHidden();
  expect(Number(await slider(app).getAttribute('aria-valuenow'))).toBeGreaterThan(Number(before));

  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(bar(app)).toBeVisible();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Replay', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(bar(app)).toBeHidden({ timeout: 30_000 });
});

test('it is saved as picture, table and trace, and the trace opens again', async ({ app, folder }) => {
  const { page } = app;
  const path = (name: string) => join(folder, name);
  await chat(app);
  const exportAs = async (what: string, name: string) => {
    await app.saveInDialogs(path(name));
    await page.getByRole('button', { name: 'Export PNG, CSV or JSON' }).click();
    await page.getByRole('button', { name: new RegExp(`^${what}`) }).click();
  };
  const saved = async (name: string) => {
    await expect.poll(() => readdir(folder)).toContain(name);
    return await readFile(path(name));
  };
  await exportAs('Picture…', 'memory.png');
  const picture = await saved('memory.png');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1440, 664]);

  await exportAs('Table…', 'memory.csv');
  const lines = (await saved('memory.csv')).toString().trimEnd().split('\r\n');
  const rows = await rowsOf(app, 'Memory over time');
  expect(lines).toHaveLength(1 + 30 * rows.length);

  await exportAs('Trace…', 'private.json');
  const without: Trace = JSON.parse((await saved('private.json')).toString());
  expect(JSON.stringify(without)).not.toContain('tide gauge');
  await page.getByRole('button', { name: 'Export PNG, CSV or JSON' }).click();
  await page.getByRole('checkbox', { name: /with the chat’s text/ }).check();
  await app.saveInDialogs(path('whole.json'));
  await page.getByRole('button', { name: /^Trace…/ }).click();
  const whole: Trace = JSON.parse((await saved('whole.json')).toString());
  expect(whole.samples).toHaveLength(rows.length);

  await app.chooseInDialogs(path('whole.json'), path('private.json'));
  await app.chooseInMenu('Open trace…');
  await expect(page.getByRole('heading', { name: 'whole.json' })).toBeVisible();
  await expect(page.getByText('Replay SmolLM2 135M Instruct')).toBeVisible();
  await expect(app.input).toBeHidden();
  await expect(page.locator('[data-passage]').first()).toContainText('The tide gauge at the harbour wall');
  expect(await rowsOf(app, 'Memory over time')).toEqual(rows);
  await slider(app).focus();
  await page.keyboard.press('Home');
  await expect(bar(app)).toContainText('0.0 s');

  await app.chooseInMenu('Open trace…');
  await expect(page.getByRole('heading', { name: 'private.json' })).toBeVisible();
  await expect(page.getByText('This trace was saved without the text of the chat')).toBeVisible();
  await page.getByRole('button', { name: 'Close the replay' }).first().click();
  await expect(app.input).toBeVisible();

  app.expectedProblems.push(/FILE_UNWRITABLE/);
  await exportAs('Table…', 'nowhere/memory.csv');
  await expect(app.notices.getByRole('alert')).toContainText('The file could not be saved.');
  await expect(app.notices.getByRole('alert')).toContainText('nowhere');
  await page.getByRole('button', { name: 'Close this notice' }).click();
  expect((await readdir(folder)).toSorted()).toEqual(['memory.csv', 'memory.png', 'private.json', 'whole.json']);
});

test('a trace of the command line opens; a file that is none is refused by its cause', async ({ app, folder }) => {
  const { page } = app;
  const file = join(folder, 'from-cli.json');
  const args = ['--import', 'tsx', 'engine/cli.ts', 'generate', '--prompt', COLORS_QUESTION, '--temperature', '0'];
  await promisify(execFile)(process.execPath, [...args, '--max-tokens', '8', '--trace', file], { cwd: PROJECT });
  const trace: Trace = JSON.parse(await readFile(file, 'utf8'));
  await app.chooseInDialogs(file);
  await app.chooseInMenu('Open trace…');
  await expect(page.getByRole('heading', { name: 'from-cli.json' })).toBeVisible();
  await expect(page.locator('[data-passage]').first()).toHaveText(COLORS_QUESTION);
  const rows = await rowsOf(app, 'Memory over time');
  expect(rows.map(([, , , tokens]) => tokens)).toEqual(trace.samples.map(({ tokensSeen }) => grouped(tokensSeen)));
  await page.getByRole('button', { name: 'Close the replay' }).first().click();

  app.expectedProblems.push(/TRACE_INVALID/);
  const bad = async (content: string) => {
    await writeFile(file, content);
    await app.chooseInDialogs(file);
    await app.chooseInMenu('Open trace…');
    return app.notices.getByRole('alert');
  };
  await expect(await bad('hello')).toContainText('This trace cannot be opened.');
  await expect(await bad(JSON.stringify({ ...trace, version: 9 }))).toContainText('version 9');
  await expect(await bad(JSON.stringify({ ...trace, samples: [] }))).toContainText('samples');
  await expect(app.input).toBeVisible();
  await app.stillAnswers();
});
