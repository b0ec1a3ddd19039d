import { type App, expect, test } from './app.js';
import { COLORS_QUESTION, STORY } from './texts.js';

const RECOVERY_MS = 5000;
const QUIT_MS = 2000;

const engineStopped = /The engine stopped unexpectedly/;

function note(type: string, ms: number): void {
  test.info().annotations.push({ type, description: `${Math.round(ms)} ms` });
}

/** Kills the engine, and returns how long it takes until a model is loaded again, milliseconds. */
async function killAndRecover(app: App): Promise<number> {
  app.expectedProblems.push(engineStopped);
  const start = performance.now();
  await app.killEngine();
  await expect(app.notices).toContainText('The engine stopped and was restarted.', { timeout: 2 * RECOVERY_MS });
  await app.modelIsLoaded();
  return performance.now() - start;
}

test('an engine killed while it answers comes back, and what was written stays', async ({ app }) => {
  await app.recordFrames();
  await app.send(STORY);
  await app.answerGrowsTo(60);
  const before = await app.lastText();
  const took = await killAndRecover(app);
  note('time to recovery', took);
  expect(took).toBeLessThan(RECOVERY_MS);

  const kept = await app.lastText();
  expect(kept.startsWith(before)).toBe(true);
  await expect(app.answers.last()).toContainText('Cut short: the engine stopped here');
  await expect(app.notices).toContainText('Nothing is lost: what was written stays.');
  await app.stillAnswers();
  await expect(app.answers).toHaveCount(2);
  await expect(app.answers.first().locator('.md')).toHaveText(kept);
  await expect(app.notices).toHaveCount(0);
});

test('an answer that the engine’s end cut short can be had again with one click', async ({ app }) => {
  await app.send(STORY);
  await app.answerGrowsTo(20);
  await killAndRecover(app);
  await app.page.getByRole('button', { name: 'Read again and answer' }).click();
  await app.answerGrowsTo(20);
  await app.page.keyboard.press('Escape');
  await app.answerEnds();
  await expect(app.answers).toHaveCount(1);
  await expect(app.answers.first()).toContainText('Stopped by you');
  await app.page.getByRole('button', { name: /^New chat( Ctrl|$)/ }).click();
  // Word by word it need not be what a new engine says: what it has in common with the chat before is not read anew.
  await app.ask(COLORS_QUESTION);
  await app.namesColor();
});

test('an engine killed while idle comes back, and the chat goes on', async ({ app }) => {
  await app.recordFrames();
  await app.ask('My cat is called Zorro. Say hello to it.');
  const took = await killAndRecover(app);
  note('time to recovery', took);
  expect(took).toBeLessThan(RECOVERY_MS);
  await app.page.getByRole('button', { name: 'Close this notice' }).click();
  await expect(app.notices).toHaveCount(0);
  expect(await app.ask('What is my cat called?')).toContain('Zorro');
  const ends = await app.ends();
  // The new engine has read nothing before: all of the chat is read anew.
  expect(ends.at(-1)?.result?.reusedTokens).toBe(0);
});

test('an engine killed while it loads comes back, and a message written meanwhile is answered', async ({ launch }) => {
  const app = await launch({ waitsForModel: false, importsAnew: true });
  await app.setTemperature(0);
  await expect(app.modelPicker).toContainText(/Loading|Importing/);
  await app.send(COLORS_QUESTION);
  await expect(app.answers.last()).toContainText('Sent as soon as the model is ready');
  await killAndRecover(app);
  await app.namesColor();
});

test('an engine that dies at each load is left alone until it is asked for again', async ({ launch }) => {
  const app = await launch({ waitsForModel: false, importsAnew: true });
  app.expectedProblems.push(engineStopped);
  let last: number | null = null;
  for (let crash = 0; crash < 3; crash++) {
    await expect.poll(async () => [null, last].includes(await app.enginePid())).toBe(false);
    last = await app.enginePid();
    await app.killEngine();
  }
  await expect(app.notices).toContainText('The engine keeps stopping and was not started again.');
  expect(await app.enginePid()).toBeNull();
  await app.page.getByRole('button', { name: 'Start again' }).click();
  await app.modelIsLoaded();
  await expect(app.notices).not.toContainText('keeps stopping');
  await app.setTemperature(0);
  await app.stillAnswers();
});

test('quitting while it answers leaves nothing behind', async ({ app }) => {
  await app.send(STORY);
  await app.answerGrowsTo(20);
  const took = await app.quit();
  note('time to quit', took);
  expect(took).toBeLessThan(QUIT_MS);
  expect(app.log).not.toMatch(/\[(warn|error)\]/);
});

test('quitting while the model is prepared leaves nothing behind', async ({ launch }) => {
  const app = await launch({ waitsForModel: false, importsAnew: true });
  await expect(app.modelPicker).toContainText(/Loading|Importing/);
  const took = await app.quit();
  note('time to quit', took);
  expect(took).toBeLessThan(QUIT_MS);
  expect(app.log).not.toMatch(/\[(warn|error)\]/);
});

test('closing the window ends the app', async ({ app }) => {
  const took = await app.endBy(() =>
    app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
  );
  expect(took).toBeLessThan(QUIT_MS);
});

test('a page that is loaded anew meets the engine as it is', async ({ app }) => {
  await app.send(STORY);
  await app.answerGrowsTo(20);
  await app.page.reload();
  await app.modelIsLoaded();
  await app.setTemperature(0);
  await app.stillAnswers();
});
