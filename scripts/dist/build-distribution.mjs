import { existsSync, statSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { readElectronJson } from '../setup/electron-package.mjs';
import { electronExecutable, electronRuntime } from '../setup/electron-runtime.mjs';
import { sha256OfFile } from '../setup/file-hash.mjs';
import { SetupError } from '../setup/setup-error.mjs';
import { chooseTargets, commandPath } from './targets.mjs';
import { prepareFeed, signFeeds } from './update-feed.mjs';

const ARTIFACT = /\.(deb|rpm|tar\.gz|AppImage|exe|dmg|zip)$/;
const PLATFORM_OPTION = { linux: '--linux', darwin: '--mac', win32: '--win' };

/**
 * What users install is built on the official runtime of the version in package.json.
 * @returns {{ isOfficial: boolean, arguments: string[] }} what electron-builder is told of it
 * @throws {SetupError}
 */
function chooseRuntime(root, allowsDevelopmentRuntime) {
  const { source, version } = electronRuntime(root);
  if (source === 'official') return { isOfficial: true, arguments: [] };
  if (!allowsDevelopmentRuntime) {
    throw new SetupError(
      `Electron ${version} of the npm registry is for development and tests; users get the official Electron ${readElectronJson(root, 'package.json').version}, which could not be downloaded here.`,
      'Build where its release server, or a mirror named by ELECTRON_MIRROR, can be reached (remove .cache/electron there first). To build something to try all the same: `npm run dist -- --development-runtime`.',
    );
  }
  const folder = dirname(electronExecutable(root));
  return {
    isOfficial: false,
    arguments: [`-c.electronDist=${folder}`, `-c.electronVersion=${version.split('+')[0]}`],
  };
}

function buildArguments({ isFast, isInspectable, version, folder }, runtime, targets, feed) {
  return [
    PLATFORM_OPTION[process.platform],
    ...targets,
    `--${process.arch}`,
    '--publish=never',
    ...runtime.arguments,
    ...feed,
    ...(version ? [`-c.extraMetadata.version=${version}`] : []),
    ...(isInspectable ? ['-c.electronFuses.enableNodeCliInspectArguments=true'] : []),
    `-c.directories.output=${folder}`,
    ...(isFast ? ['-c.deb.compression=gz', '-c.rpm.compression=gzip'] : []),
  ];
}

function buildEnvironment(root, { isFast }) {
  const sevenZip = commandPath('7za');
  return {
    CUSTOM_FPM_PATH: join(root, 'scripts/dist/fpm.mjs'),
    // Else electron-builder downloads one.
    ...(sevenZip && { ELECTRON_BUILDER_7ZIP_PATH: sevenZip }),
    ...(isFast && { ELECTRON_BUILDER_COMPRESSION_LEVEL: '1' }),
  };
}

/** @returns {Promise<{ path: string, megabytes: number }[]>} what users download, with their SHA-256 in SHA256SUMS beside them */
async function finishArtifacts(folder) {
  const names = (await readdir(folder)).filter((name) => ARTIFACT.test(name)).sort();
  const sums = [];
  for (const name of names) sums.push(`${await sha256OfFile(join(folder, name))}  ${name}\n`);
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''));
  return names.map((name) => ({
    path: join(basename(folder), name),
    megabytes: statSync(join(folder, name)).size / 1e6,
  }));
}

/**
 * Builds what users install, from out/ and assets/.
 * @param {string} root project folder; `folder` is below it
 * @param {{ folder: string, targets?: string[], isFast: boolean, isInspectable?: boolean, version?: string, allowsDevelopmentRuntime: boolean, onNote: (line: string) => void }} options
 * @throws {SetupError} for a runtime that must not ship
 * @throws {import('../setup/command.mjs').CommandError} with electron-builder's output
 */
export async function buildDistribution(root, options) {
  const runtime = chooseRuntime(root, options.allowsDevelopmentRuntime);
  const targets = await chooseTargets({
    wanted: options.targets,
    isOfficial: runtime.isOfficial,
    onNote: options.onNote,
  });
  const folder = join(root, options.folder);
  if (existsSync(folder)) {
    for (const name of await readdir(folder)) if (ARTIFACT.test(name)) await rm(join(folder, name));
  }
  const feed = prepareFeed(root, process.env);
  const script = join(root, 'node_modules/electron-builder/cli.js');
  await runCommand(process.execPath, [script, ...buildArguments(options, runtime, targets, feed)], {
    cwd: root,
    env: buildEnvironment(root, options),
  });
  signFeeds(folder, process.env);
  return finishArtifacts(folder);
}
