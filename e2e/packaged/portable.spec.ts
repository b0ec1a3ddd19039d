import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { InstalledApp, OrdinaryUser, sandboxArguments } from './installed-app.js';
import { builtFile, output } from './package-files.js';

let user: OrdinaryUser;

test.beforeEach(() => {
  user = new OrdinaryUser();
});
test.afterEach(() => user.remove());

/** Sends a message and reads the answer. */
async function talk(executable: string): Promise<void> {
  const app = await InstalledApp.start(executable, user, sandboxArguments(user));
  await app.modelIsLoaded(/SmolLM2 135M Instruct/);
  await app.answers();
  expect(app.log).not.toContain('[error]');
  expect(await app.quit()).toBe(0);
}

test('what is unpacked from the tar.gz answers, by its command line, too', async () => {
  output('tar', ['-xzf', builtFile('.tar.gz'), '-C', user.home, '--no-same-owner']);
  const [folder] = readdirSync(user.home);
  await talk(join(user.home, folder, 'pyramid-chat'));
  const cli = join(user.home, folder, 'resources/bin/pyramid-chat');
  const { status, stdout, stderr } = user.run(cli, ['cli', 'inspect', '--json'], { DISPLAY: undefined });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ name: expect.stringContaining('135M') });
});

test('what is in the rpm answers', async () => {
  const folder = join(user.home, 'rpm');
  mkdirSync(folder);
  output('sh', ['-c', 'rpm2cpio "$0" | cpio --extract --make-directories --quiet', builtFile('.rpm')], folder);
  await talk(join(folder, 'opt/Pyramid Chat/pyramid-chat'));
  rmSync(folder, { recursive: true });
});
