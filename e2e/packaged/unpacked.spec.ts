import { expect, test } from '@playwright/test';
import { InstalledApp, OrdinaryUser, sandboxArguments } from './installed-app.js';

const executable = process.env.PYRAMID_EXECUTABLE;
if (!executable) throw new Error('PYRAMID_EXECUTABLE is not set: the program to start, of release/…-unpacked');

test('what was built starts, with a folder of its own, and answers', async () => {
  const user = new OrdinaryUser();
  // Not every system looks for it in a home folder that a variable names.
  const args = [`--user-data-dir=${user.userData}`, ...(process.platform === 'linux' ? sandboxArguments(user) : [])];
  const app = await InstalledApp.start(executable, user, args, process.platform === 'linux' ? {} : process.env);
  await app.modelIsLoaded(/SmolLM2 135M Instruct/);
  await app.answers();
  expect(app.log).not.toContain('[error]');
  await app.quit();
  user.remove();
});
