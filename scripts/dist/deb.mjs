import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runCommand } from '../setup/command.mjs';

/** @returns {Promise<string[]>} paths of all plain files under a folder, from there, in order */
async function plainFiles(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * @param {import('./fpm-arguments.mjs').PackageOptions} options
 * @param {number} installedBytes
 */
export function controlFile(options, installedBytes) {
  const fields = [
    ['Package', options.name],
    ['Version', `${options.version}-${options.iteration}`],
    ['Architecture', options.architecture],
    ['Maintainer', options.maintainer],
    ['Installed-Size', Math.ceil(installedBytes / 1024)],
    ['Depends', options.depends.join(', ')],
    ['Recommends', options.recommends.join(', ')],
    ['Section', options.category ?? 'misc'],
    ['Priority', options.priority],
    ['Homepage', options.url],
    ['Description', options.summary],
  ];
  // A line of its own in a description begins with a blank; an empty one is a dot.
  const more = options.description.map((line) => ` ${line || '.'}`);
  return `${[...fields.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`), ...more].join('\n')}\n`;
}

/** How dpkg-deb is told what electron-builder says. */
function compressionArguments(compression) {
  if (compression === 'none') return ['-Znone'];
  if (compression === 'gz') return ['-Zgzip', '-z1'];
  return ['-Zxz', '--threads-max=0'];
}

/**
 * @param {import('./fpm-arguments.mjs').PackageOptions} options
 * @param {string} root the package's files, as they will lie
 */
export async function buildDeb(options, root) {
  const files = await plainFiles(root);
  let bytes = 0;
  const sums = [];
  for (const file of files) {
    const content = await readFile(join(root, file));
    bytes += content.length;
    sums.push(`${createHash('md5').update(content).digest('hex')}  ${file}\n`);
  }
  const control = join(root, 'DEBIAN');
  await mkdir(control);
  await writeFile(join(control, 'control'), controlFile(options, bytes));
  // What `dpkg --verify` compares with.
  await writeFile(join(control, 'md5sums'), sums.join(''));
  for (const [script, name] of [
    [options.afterInstall, 'postinst'],
    [options.afterRemove, 'postrm'],
  ]) {
    if (!script) continue;
    await copyFile(script, join(control, name));
    await chmod(join(control, name), 0o755);
  }
  await runCommand('dpkg-deb', [
    '--root-owner-group',
    ...compressionArguments(options.compression),
    '--build',
    root,
    options.output,
  ]);
}
