import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommand } from './command.mjs';
import { createProgress } from './progress.mjs';
import { ensureSystemPackages, installSystemPackages, isElectronAbleToStart } from './system-packages.mjs';

let folder;
let context;

/** A program of the machine, played by a shell script. */
function program(name, script) {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const installedNames = () => readFileSync(join(folder, 'installed'), 'utf8').trim();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'system-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'electron'), '');
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('DISPLAY', ':7');
  const complete = `[ -e ${folder}/installed ]`;
  program('ldd', `${complete} || echo "	libnss3.so => not found"; echo "	libc.so.6 => /lib/libc.so.6"`);
  program('ldconfig', `echo libXss.so.1; ${complete} && echo libXtst.so.6; exit 0`);
  program('apt-get', `[ "$1" = install ] && echo "$@" > ${folder}/installed; exit 0`);
  program('apt-cache', '[ "$3" = libasound2t64 ] && echo "Package: $3"; exit 0');
  context = { root: folder, progress: createProgress({ write: () => {} }), run: runCommand };
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const asUser = (id) => vi.spyOn(process, 'getuid').mockReturnValue(id);

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('nothing missing', () => {
    writeFileSync(join(folder, 'installed'), '');
    expect(isElectronAbleToStart(folder)).toBe(true);
  });

  test('root gets exactly what is missing, also what Electron opens only while running', async () => {
    asUser(0);
    expect(isElectronAbleToStart(folder)).toBe(false);
    await ensureSystemPackages(context);
    expect(installedNames()).toBe('install -y --no-install-recommends libnss3 libxtst6');
    expect(isElectronAbleToStart(folder)).toBe(true);
  });

  test('a user gets the exact command', async () => {
    asUser(1000);
    await expect(ensureSystemPackages(context)).rejects.toMatchObject({
      message: expect.stringContaining('libnss3.so, libXtst.so.6'),
      nextStep: expect.stringContaining('`sudo apt-get install -y libnss3 libxtst6`'),
    });
    expect(existsSync(join(folder, 'installed'))).toBe(false);
  });

  test('Xvfb is asked for only where there is no display', async () => {
    asUser(1000);
    writeFileSync(join(folder, 'installed'), '');
    vi.stubEnv('DISPLAY', '');
    vi.stubEnv('WAYLAND_DISPLAY', '');
    expect(isElectronAbleToStart(folder)).toBe(false);
    await expect(ensureSystemPackages(context)).rejects.toMatchObject({ nextStep: expect.stringContaining('xvfb') });
    program('Xvfb', '');
    expect(isElectronAbleToStart(folder)).toBe(true);
  });

  test('an unknown library asks for all of them, under the names of this release', async () => {
    asUser(0);
    program('ldd', `[ -e ${folder}/installed ] || echo "libstrange.so.1 => not found"`);
    await ensureSystemPackages(context);
    expect(installedNames()).toContain('libgtk-3-0 libnss3 libasound2t64 libgbm1');
  });

  test('without apt the packages are named', async () => {
    asUser(0);
    rmSync(join(folder, 'bin/apt-get'));
    await expect(ensureSystemPackages(context)).rejects.toMatchObject({
      nextStep: expect.stringContaining('Install what your distribution calls libnss3, libxtst6'),
    });
  });

  test('an apt that fails is told with its words', async () => {
    asUser(0);
    program('apt-get', 'echo "E: Unable to locate package libnss3" >&2; exit 100');
    await expect(installSystemPackages(context, ['libnss3'])).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringContaining('Unable to locate package libnss3'),
    });
  });
});
