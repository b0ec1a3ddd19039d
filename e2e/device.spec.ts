import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultyDriver, makeFaultyDriver } from '../engine/testing/faulty-driver.js';
import { type App, test as base, expect } from './app.js';

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'pyramid-device-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});

// biome-ignore lint/suspicious/noSkippedTests: elsewhere no environment does that
test.skip(process.platform !== 'linux', 'Drivers are chosen by the environment on Linux alone.');

/** Random, and small enough for a device that only computes on the processor. */
const TINY = ['--model', join(import.meta.dirname, '../engine/testing/architectures/llama/model.gguf')];
const PATIENT = { timeout: 60_000 };

const group = (app: App) => app.page.getByRole('group', { name: 'Runs on' });
const about = (app: App) => app.page.locator('.device');

async function choose(app: App, device: 'CPU' | 'GPU' | 'Auto'): Promise<void> {
  await app.page.getByRole('tab', { name: 'Settings' }).click();
  await group(app).getByText(device, { exact: true }).click();
  await expect(group(app).getByRole('radio', { name: device })).toBeChecked();
}

async function launchTiny(launch: (options: object) => Promise<App>, env = {}): Promise<App> {
  const app = await launch({ args: TINY, env, waitsForModel: false });
  await expect(app.modelPicker).toHaveText(/Loaded/, PATIENT);
  // Its random words are not to be others each time: some of them begin a formula.
  await app.setTemperature(0);
  return app;
}

/** Random words, as many as come. */
async function answers(app: App): Promise<void> {
  await expect(app.answers.last()).toContainText('tok/s', PATIENT);
  await app.answerEnds();
}

async function tryAgain(app: App): Promise<void> {
  await app.page.getByRole('button', { name: 'Try again' }).click();
  await answers(app);
}

test('without a driver, the GPU that was chosen is said to be missing, and the CPU answers', async ({ launch }) => {
  const app = await launchTiny(launch, { VK_DRIVER_FILES: '/nonexistent', VK_ICD_FILENAMES: '/nonexistent' });
  await choose(app, 'GPU');
  await expect(about(app)).toHaveText(/^It runs on the CPU: no driver for Vulkan/, PATIENT);
  await app.send('hello');
  await answers(app);
});

test('a program that stands in for a graphics processor is left alone by Auto, and answers if it must', async ({
  launch,
}) => {
  const app = await launchTiny(launch);
  await choose(app, 'Auto');
  await expect(about(app)).toContainText('It runs on the CPU', PATIENT);
  const reason = await about(app).textContent();
  // biome-ignore lint/suspicious/noSkippedTests: not every machine has one
  test.skip(!reason?.includes('stands in for one'), `No software Vulkan here: ${reason}`);
  await choose(app, 'GPU');
  await expect(about(app)).toContainText(/Vulkan\. Driver: .*much faster/, PATIENT);
  await app.send('hello');
  await answers(app);
  await app.page.getByRole('button', { name: /^Memory [\d.]/ }).click();
  await expect(app.page.getByRole('dialog', { name: 'Memory of this chat' })).toContainText(
    /Graphics memory[\d. ]+[kM]B/,
  );
  await app.page.keyboard.press('Escape');
  await app.page
    .getByRole('button', { name: /^New chat/ })
    .first()
    .click();
  app.expectedProblems.push(/The engine stopped unexpectedly/);
  await app.send('hello');
  await app.killEngine();
  await expect(app.notices).toContainText('The engine stopped and was restarted.', PATIENT);
  await expect(about(app)).toContainText('Driver:', PATIENT);
  await app.send('hello again');
  await expect(app.answers).toHaveCount(2);
  await answers(app);
});

test('a graphics processor that is lost in an answer is opened anew for what waits, and given up when it is lost again', async ({
  launch,
  folder,
}) => {
  const driver = makeFaultyDriver(folder) as FaultyDriver;
  // biome-ignore lint/suspicious/noSkippedTests: it takes a C compiler and Mesa's driver
  test.skip(driver === null, 'No driver that can fail can be made here.');
  const app = await launchTiny(launch, driver.env);
  await choose(app, 'GPU');
  await expect(about(app)).toContainText('Vulkan', PATIENT);
  const failed = app.answers.filter({ hasText: 'The graphics processor was lost.' });
  await app.recordFrames();
  driver.set('lost');
  await app.send('hello');
  await app.send('and now?');
  await expect(failed).toHaveCount(1, PATIENT);
  await answers(app);
  await expect(failed).toHaveCount(1);
  await expect(about(app)).toContainText('Driver:');
  // In between it was never to be chosen anew.
  expect((await app.framesOf('model')).map(({ model }) => model.state)).not.toContain('none');
  await app.page
    .getByRole('button', { name: /^New chat/ })
    .first()
    .click();
  driver.set('lost');
  await app.send('and again?');
  await expect(failed).toHaveCount(1, PATIENT);
  await expect(about(app)).toHaveText(/^It runs on the CPU: the graphics processor was lost more than once/, PATIENT);
  await tryAgain(app);
});
