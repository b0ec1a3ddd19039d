// The registry's Electron was an application's runtime, so it lacks the default app that the official one
// carries. This one does what development and Playwright need: `electron [options] <app folder or file> [args]`.

import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** @returns {{ entry?: string, preloaded: string[], print?: string }} what the command line asks for */
function parseCommandLine(args) {
  const preloaded = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--version' || arg === '-v') return { preloaded, print: `v${process.versions.electron}` };
    if (arg === '--abi' || arg === '-a') return { preloaded, print: process.versions.modules };
    if (arg === '--require' || arg === '-r') {
      preloaded.push(args[++i]);
      continue;
    }
    if (arg.startsWith('--app=')) return { preloaded, entry: arg.slice('--app='.length) };
    if (!arg.startsWith('-')) return { preloaded, entry: arg };
  }
  return { preloaded };
}

/** Takes name, version and entry from the app's package.json, as the official default app does. */
function resolveAppFolder(folder) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (manifest.version) app.setVersion(manifest.version);
  app.name = manifest.productName || manifest.name || app.name;
  app.setDesktopName(manifest.desktopName || `${app.name}.desktop`);
  app.setAppPath(folder);
  return Module._resolveFilename(folder, null, true);
}

function resolveEntry(target) {
  const resolved = path.resolve(target);
  if (fs.existsSync(path.join(resolved, 'package.json'))) return resolveAppFolder(resolved);
  if (!fs.existsSync(resolved)) throw new Error(`Unable to find an Electron app at ${resolved}`);
  app.setAppPath(path.dirname(resolved));
  return resolved;
}

async function run() {
  const { entry, preloaded, print } = parseCommandLine(process.argv.slice(1));
  if (print) {
    console.log(print);
    process.exit(0);
  }
  if (!entry) throw new Error('usage: electron [options] <path to app>');
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
  if (preloaded.length > 0) Module._preloadModules(preloaded);
  await import(pathToFileURL(resolveEntry(entry)).toString());
}

// Awaited: Electron must not become ready before the app has been loaded, which the official default app sees to as well.
await run().catch((error) => {
  console.error(`App threw an error during load\n${error.stack || error}`);
  process.exit(1);
});
