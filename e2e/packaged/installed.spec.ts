import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import bundledModel from '../../assets/default-model.json' with { type: 'json' };
import { InstalledApp, OrdinaryUser } from './installed-app.js';
import { builtFile, INSTALLED, NEXT_VERSION, output } from './package-files.js';

// Only where tests run as root: it changes what is installed.
test.describe.configure({ mode: 'serial' });

const EXECUTABLE = join(INSTALLED, 'pyramid-chat');
const LINK = '/usr/bin/pyramid-chat';
const DEFAULT_MODEL = /SmolLM2 135M Instruct/;
const TINY_MODEL = 'engine/testing/architectures/llama/model.gguf';

const user = new OrdinaryUser();
/** The app comes back with the model that it had last. */
const DEFAULT_MODEL_ARGUMENT = `--model=${join(INSTALLED, 'resources/models', bundledModel.file)}`;
const settingsFile = join(user.userData, 'settings.json');

test.beforeAll(() => void output('dpkg', ['--install', builtFile('.deb')]));
test.afterAll(() => {
  output('dpkg', ['--purge', 'pyramid-chat']);
  user.remove();
});

test('an ordinary user starts it with Chromium’s sandbox on, and it answers offline', async () => {
  expect(statSync(join(INSTALLED, 'chrome-sandbox')).mode & 0o7777).toBe(0o4755);
  const app = await InstalledApp.start(EXECUTABLE, user);
  await app.modelIsLoaded(DEFAULT_MODEL);
  expect(app.rendererStatus().length).toBeGreaterThan(0);
  // Filtered system calls: the sandbox of a page's process.
  for (const status of app.rendererStatus()) expect(status).toMatch(/^Seccomp:\t2$/m);
  await app.answers();
  await app.page.evaluate(() => window.pyramid.setTheme({ theme: 'dark' }));
  await app.page.getByRole('button', { name: /^Settings/ }).click();
  await app.page.getByRole('button', { name: 'Check for updates' }).click();
  await expect(app.page.getByRole('region', { name: 'About' }).getByRole('status')).toContainText('package manager');
  expect(app.log).not.toContain('[error]');
  expect(await app.quit()).toBe(0);
});

test('a GGUF file is opened with it, in the window that is there', async () => {
  const model = join(user.home, 'ein Modell für 2.gguf');
  copyFileSync(TINY_MODEL, model);
  expect(readFileSync('/usr/share/mime/globs2', 'utf8')).toContain(':application/x-gguf:*.gguf');
  expect(user.run('xdg-mime', ['query', 'default', 'application/x-gguf']).stdout.trim()).toBe('pyramid-chat.desktop');
  const app = await InstalledApp.start(EXECUTABLE, user);
  await app.modelIsLoaded(DEFAULT_MODEL);
  const [, program] =
    /^Exec="(.+)" %F$/m.exec(readFileSync('/usr/share/applications/pyramid-chat.desktop', 'utf8')) ?? [];
  const second = user.run(program, [model]);
  expect(second.status).toBe(0);
  await expect(app.modelPicker).not.toHaveText(DEFAULT_MODEL);
  await app.modelIsLoaded(/./);
  await app.quit();
  const again = await InstalledApp.start(EXECUTABLE, user, [model]);
  await again.modelIsLoaded(/./);
  await expect(again.modelPicker).not.toHaveText(DEFAULT_MODEL);
  await again.quit();
});

test('its command line needs no display, for users and for root', () => {
  const args = [
    'cli',
    'generate',
    '--prompt',
    'Name three primary colors.',
    '--temperature',
    '0',
    '--max-tokens',
    '12',
  ];
  const asUser = user.run('pyramid-chat', args, { DISPLAY: undefined });
  expect({ status: asUser.status, stderr: asUser.stderr }).toEqual({ status: 0, stderr: '' });
  expect(asUser.stdout).toMatch(/\bred\b/i);
  expect(user.run('pyramid-chat', ['cli', 'generate'], { DISPLAY: undefined }).status).toBe(2);
  expect(output('env', ['-u', 'DISPLAY', `HOME=${user.home}`, 'pyramid-chat', 'cli', '--help'])).toContain('Usage:');
});

test('a folder that cannot be written to is named at the start', async () => {
  let said = '';
  const folder = join(user.home, 'not mine');
  mkdirSync(folder, { mode: 0o755 });
  // Nor can what is damaged in it be set aside.
  writeFileSync(join(folder, 'library.json'), 'no sense');
  const [program, args] = user.command(EXECUTABLE, [`--user-data-dir=${folder}`]);
  const started = spawn(program, args, { env: user.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    started.stderr.on('data', (text) => {
      said += text;
    });
    const words = `Pyramid Chat cannot start. Nothing can be kept in ${folder}: writing there is not permitted.`;
    await expect.poll(() => said, { timeout: 60_000 }).toContain(words);
  } finally {
    started.kill('SIGKILL');
  }
});

if (process.env.PYRAMID_CAN_MOUNT) {
  test('a disk without room for the model is told in the window, with what is needed', async () => {
    const folder = join(user.home, 'small disk');
    mkdirSync(folder);
    output('mount', ['-t', 'tmpfs', '-o', 'size=60m,mode=0777', 'tmpfs', folder]);
    try {
      const app = await InstalledApp.start(EXECUTABLE, user, [`--user-data-dir=${folder}`]);
      const notice = app.page.getByRole('alert').filter({ hasText: 'The disk is full' });
      await expect(notice).toContainText(/needs \d+ MB in .*small disk/, { timeout: 60_000 });
      await app.quit();
    } finally {
      output('umount', [folder]);
    }
  });
}

test('an upgrade keeps what the user has, and so does going back', async () => {
  const before = readFileSync(settingsFile, 'utf8');
  expect(before).toContain('"theme": "dark"');
  output('dpkg', ['--install', builtFile('.deb', 'next')]);
  expect(readFileSync(settingsFile, 'utf8')).toBe(before);
  expect(existsSync(LINK)).toBe(true);
  const app = await InstalledApp.start(EXECUTABLE, user, [DEFAULT_MODEL_ARGUMENT]);
  await app.modelIsLoaded(DEFAULT_MODEL);
  expect(await app.page.evaluate(() => window.pyramid.appInfo())).toMatchObject({ value: { version: NEXT_VERSION } });
  await app.hasKeptChat();
  await app.answers();

  output('dpkg', ['--install', builtFile('.deb')]);
  const older = user.run(EXECUTABLE, []);
  expect(older.status).toBe(0);
  await expect.poll(() => app.log).toMatch(/Version [\d.]+ was not started, as this one runs already/);
  await app.quit();
  const back = await InstalledApp.start(EXECUTABLE, user, [DEFAULT_MODEL_ARGUMENT]);
  await back.modelIsLoaded(DEFAULT_MODEL);
  await back.hasKeptChat();
  await back.answers();
  await back.quit();
  expect(readFileSync(settingsFile, 'utf8')).toContain('"theme": "dark"');
});

test('removing it leaves what the user has, and a purge says where that is', () => {
  output('dpkg', ['--remove', 'pyramid-chat']);
  expect(existsSync(INSTALLED)).toBe(false);
  expect(() => statSync(LINK)).toThrow('ENOENT');
  expect(existsSync(settingsFile)).toBe(true);
  expect(output('dpkg', ['--purge', 'pyramid-chat'])).toContain('~/.config/Pyramid Chat');
  expect(existsSync(settingsFile)).toBe(true);
});
