import { app } from 'electron';

/** Of an installed app; what comes before it are Chromium's switches. */
const COMMAND = 'cli';

const [executable, ...args] = process.argv;
const words = args.filter((arg) => !arg.startsWith('-'));

if (app.isPackaged && words[0] === COMMAND) {
  process.env.PYRAMID_ASSETS_FOLDER = process.resourcesPath;
  process.env.PYRAMID_CACHE_FOLDER = app.getPath('userData');
  process.argv = [executable, COMMAND, ...args.slice(args.indexOf(COMMAND) + 1)];
  // Electron waits for this before it asks for a display, so none is needed. By its address, as the engine process is
  // started: the window's code has nothing of it.
  await import(new URL('./cli.js', import.meta.url).href);
  process.exit(process.exitCode);
}
await import('./index.js');
