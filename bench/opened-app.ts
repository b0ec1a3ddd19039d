import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from '../e2e/app.js';
import { ensureBuilt } from '../scripts/build.mjs';
import { electronEnvironment } from '../scripts/electron-environment.mjs';
import { projectRoot } from '../scripts/project-root.mjs';
import { runSetup } from '../scripts/setup/run-setup.mjs';
import { ensureDisplay } from '../scripts/virtual-display.mjs';

const SIZE = { width: 1280, height: 800 };

/** Lets `work` use the app in its real window; on Linux without a display, on one of its own. */
export async function withApp<Result>(
  options: Parameters<typeof App.launch>[1],
  progress: (text: string) => void,
  work: (app: App) => Promise<Result>,
): Promise<Result> {
  await runSetup(projectRoot);
  await ensureBuilt(projectRoot, () => progress('building the app'));
  Object.assign(process.env, electronEnvironment());
  const display = await ensureDisplay();
  const modelCache = await mkdtemp(path.join(tmpdir(), 'pyramid-bench-'));
  progress('opening the window');
  try {
    const app = await App.launch(modelCache, options);
    try {
      // tsx names functions by a call of its own, which a function that goes to the page does not take along.
      await app.page.evaluate('globalThis.__name = (named) => named');
      await app.resize(SIZE);
      return await work(app);
    } finally {
      await app.dispose();
    }
  } finally {
    display.stop();
    await rm(modelCache, { recursive: true, force: true });
  }
}
