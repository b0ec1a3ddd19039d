import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDistribution } from '../dist/build-distribution.mjs';
import { requireTools } from '../dist/targets.mjs';
import { projectRoot } from '../project-root.mjs';
import { runCommand } from '../setup/command.mjs';
import { ensureDisplay } from '../virtual-display.mjs';
import { runTool } from './program.mjs';

const FOLDER = 'release/test';
const NEXT_FOLDER = 'release/test-next';
const SPECS = ['contents', 'portable', 'updates'];
/** What building, taking apart and checking packages takes. */
const TOOLS = [
  { program: 'dpkg-deb', debianPackage: 'dpkg' },
  { program: 'rpmbuild', debianPackage: 'rpm' },
  { program: '7za', debianPackage: 'p7zip-full' },
  { program: 'cpio', debianPackage: 'cpio' },
  { program: 'desktop-file-validate', debianPackage: 'desktop-file-utils' },
  { program: 'appstreamcli', debianPackage: 'appstream' },
  { program: 'update-mime-database', debianPackage: 'shared-mime-info' },
  { program: 'xdg-mime', debianPackage: 'xdg-utils' },
];

/** What only root can do, and not in every container. */
function canUnshare(what) {
  return process.getuid() === 0 && spawnSync('unshare', [what, 'true']).status === 0;
}

function nextVersion() {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  return version.replace(/\d+$/, (patch) => String(Number(patch) + 1));
}

/** Two versions: all packages of this one, and a deb of the next. */
async function buildBoth() {
  const common = { isFast: true, allowsDevelopmentRuntime: true, onNote: () => {} };
  await buildDistribution(projectRoot, { ...common, folder: FOLDER, targets: ['deb', 'rpm', 'tar.gz'] });
  await buildDistribution(projectRoot, { ...common, folder: NEXT_FOLDER, targets: ['deb'], version: nextVersion() });
}

/** As the package itself would have apt do; what it names has to exist here. */
async function installDependencies() {
  const deb = readdirSync(join(projectRoot, FOLDER)).find((name) => name.endsWith('.deb'));
  const depends = await runCommand('dpkg-deb', ['--field', join(projectRoot, FOLDER, deb), 'Depends']);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['satisfy', '-y', '--no-install-recommends', depends.trim()], { env });
}

/**
 * Builds what users install, installs it, and talks to it.
 * @returns {Promise<{ ok: boolean, output: string, skipped: string[] }>} `skipped`: why tests were left out, a line each
 */
export async function checkDistribution() {
  if (process.platform !== 'linux') return { ok: true, output: '', skipped: ['packages are tested on Linux only'] };
  const has = await requireTools(TOOLS);
  const missing = TOOLS.filter(({ program }) => !has(program));
  if (missing.length > 0) {
    const names = missing.map(({ debianPackage }) => debianPackage).join(' ');
    return { ok: true, output: '', skipped: [`packages are not tested: apt-get install ${names}`] };
  }
  await buildBoth();
  const isRoot = process.getuid() === 0;
  if (isRoot) await installDependencies();
  const skipped = isRoot ? [] : ['nothing is installed: that takes root'];
  const display = await ensureDisplay();
  try {
    const args = ['test', '--config', 'playwright.packaged.config.ts', ...SPECS, ...(isRoot ? ['installed'] : [])];
    const env = {
      PYRAMID_PACKAGES: join(projectRoot, FOLDER),
      PYRAMID_NEXT_PACKAGES: join(projectRoot, NEXT_FOLDER),
      PYRAMID_NEXT_VERSION: nextVersion(),
      ...(canUnshare('--mount') && { PYRAMID_CAN_MOUNT: '1' }),
    };
    return {
      ...(await runTool('@playwright/test/cli.js', args, { env, isOffline: canUnshare('--net') })),
      skipped,
    };
  } finally {
    display.stop();
  }
}
