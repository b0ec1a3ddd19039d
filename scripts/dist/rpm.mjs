import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../setup/command.mjs';

/** fpm gets Debian's words for all kinds of packages. */
const ARCHITECTURES = { amd64: 'x86_64', arm64: 'aarch64' };

/** A percent sign begins a macro. */
const literally = (text) => text.replaceAll('%', '%%');

/**
 * @param {import('./fpm-arguments.mjs').PackageOptions} options
 * @param {{ root: string, files: { path: string, isFolder: boolean }[], scripts: { afterInstall: string, afterRemove: string } }} content `path`: absolute, as installed
 */
export function specFile(options, { root, files, scripts }) {
  const payload =
    options.compression === 'none' ? 'w0.gzdio' : options.compression === 'gzip' ? 'w1.gzdio' : 'w6T0.xzdio';
  return `Name: ${options.name}
Version: ${options.version}
Release: ${options.iteration}
Summary: ${literally(options.summary)}
License: ${options.license}
Vendor: ${options.vendor}
Packager: ${options.maintainer}
URL: ${options.url}
${options.category ? `Group: ${options.category}\n` : ''}AutoReqProv: no
${options.depends.map((name) => `Requires: ${name}\n`).join('')}
# What is packed is finished: nothing is to be stripped, indexed or compiled.
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload ${payload}

%description
${literally(options.description.join('\n'))}

%install
cp -al '${root}/.' '%{buildroot}/'

%post
${literally(scripts.afterInstall)}

%postun
${literally(scripts.afterRemove)}

%files
%defattr(-,root,root,-)
${files.map(({ path, isFolder }) => `${isFolder ? '%dir ' : ''}"${literally(path)}"`).join('\n')}
`;
}

/** Files and links to pack, and the folders that are the package's own. */
async function packedFiles(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => ({ path: join(entry.parentPath, entry.name).slice(root.length), isFolder: entry.isDirectory() }))
    .filter(({ path, isFolder }) => !isFolder || path.startsWith('/opt/'));
}

/**
 * @param {import('./fpm-arguments.mjs').PackageOptions} options
 * @param {string} root the package's files, as they will lie
 * @param {string} folder for what comes and goes
 */
export async function buildRpm(options, root, folder) {
  const readScript = (file) => (file ? readFile(file, 'utf8') : Promise.resolve('true'));
  const scripts = {
    afterInstall: await readScript(options.afterInstall),
    afterRemove: await readScript(options.afterRemove),
  };
  const spec = join(folder, 'package.spec');
  await writeFile(spec, specFile(options, { root, files: await packedFiles(root), scripts }));
  const made = join(folder, 'rpms');
  const defines = [`_topdir ${join(folder, 'rpm')}`, `_rpmdir ${made}`].flatMap((value) => ['--define', value]);
  const architecture = ARCHITECTURES[options.architecture] ?? options.architecture;
  await runCommand('rpmbuild', ['-bb', '--quiet', '--target', architecture, ...defines, spec]);
  const rpm = (await readdir(made, { recursive: true })).find((name) => name.endsWith('.rpm'));
  await copyFile(join(made, rpm), options.output);
}
