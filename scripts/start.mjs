import { spawn } from 'node:child_process';
import { runEntry } from './entry.mjs';

async function launch(root, args) {
  const { electronExecutable } = await import('./setup/electron-runtime.mjs');
  const { electronEnvironment } = await import('./electron-environment.mjs');
  const { ensureDisplay } = await import('./virtual-display.mjs');
  const display = await ensureDisplay();
  if (display.started) console.error(`No display: the window is shown on Xvfb ${process.env.DISPLAY}.`);
  const { ELECTRON_RUN_AS_NODE, ...env } = { ...process.env, ...electronEnvironment() };
  if (env.ELECTRON_DISABLE_SANDBOX)
    console.error("Chromium's sandbox is off: it cannot run as root, nor without user namespaces.");
  const child = spawn(electronExecutable(root), [root, ...args], { env, stdio: 'inherit' });
  // The app ends first, in its own way, and the display after it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal).on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      display.stop();
      resolve(code ?? 1);
    });
  });
}

runEntry(async () => {
  const { projectRoot } = await import('./project-root.mjs');
  const { runSetup } = await import('./setup/run-setup.mjs');
  const { ensureBuilt } = await import('./build.mjs');
  await runSetup(projectRoot);
  await ensureBuilt(projectRoot, () => console.error('Building'));
  return launch(projectRoot, process.argv.slice(2));
});
