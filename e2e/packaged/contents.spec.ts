import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile, getRawHeader } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import bundledModel from '../../assets/default-model.json' with { type: 'json' };
import { builtFile, INSTALLED, output } from './package-files.js';

const MAX_DEB_BYTES = 260e6;
/** As the package of fuses, which does not export it, and the wire itself have it. */
const FUSE_ON = '1'.charCodeAt(0);
/** All that the package knows, as docs/security.md has them. */
const FUSES: Record<keyof typeof FuseV1Options, boolean> = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};
const ICON_SIZES = [16, 24, 32, 48, 64, 96, 128, 256, 512, 1024];

const deb = builtFile('.deb');
const root = mkdtempSync(join(tmpdir(), 'pyramid-deb-'));
const app = join(root, INSTALLED);
const asar = join(app, 'resources', 'app.asar');
const installedPath = (path: string) => readFileSync(join(root, path), 'utf8');

test.beforeAll(() => void output('dpkg-deb', ['--extract', deb, root]));
test.afterAll(() => rmSync(root, { recursive: true, force: true }));

function controlField(name: string): string {
  return output('dpkg-deb', ['--field', deb, name]).trim();
}

/** Files that the processor or the loader runs, from the app's folder. */
function nativeFiles(): string[] {
  const names = readdirSync(app, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return names.filter((name) => readFileSync(name).subarray(0, 4).toString('latin1') === '\u007fELF');
}

test('the control file says who, what, how large, and whom to ask', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(controlField('Package')).toBe('pyramid-chat');
  expect(controlField('Version')).toBe(`${version}-1`);
  expect(controlField('Architecture')).toBe(process.arch === 'x64' ? 'amd64' : process.arch);
  expect(controlField('Maintainer')).toMatch(/^[^<]+ <[^@\s]+@[^>\s]+>$/);
  expect(controlField('Description').split('\n').length).toBeGreaterThan(1);
  const installed = Number(controlField('Installed-Size')) * 1024;
  const bytes = Number(output('du', ['-sb', root]).split('\t')[0]);
  expect(Math.abs(installed - bytes) / bytes).toBeLessThan(0.01);
  expect(statSync(deb).size).toBeLessThan(MAX_DEB_BYTES);
});

test('every library that its programs link to comes with it or from a package that it depends on', () => {
  const needed = new Set<string>();
  for (const file of nativeFiles()) {
    for (const line of output('ldd', [file]).split('\n')) {
      expect(line, file).not.toContain('not found');
      const library = / => (\/\S.*) \(0x/.exec(line)?.[1];
      if (library && !library.startsWith(root)) needed.add(realpathSync(library));
    }
  }
  const names = (text: string) => [...text.matchAll(/(?:^|[,|]\s*)([a-z0-9][\w.+-]*)/gm)].map((match) => match[1]);
  const dependencies = new Map(
    output('dpkg-query', ['--show', '--showformat', `\${Package}\t\${Pre-Depends}, \${Depends}\n`])
      .split('\n')
      .map((line) => line.split('\t') as [string, string]),
  );
  const reached = new Set<string>();
  const reach = (name: string): void => {
    if (reached.has(name) || !dependencies.has(name)) return;
    reached.add(name);
    names(dependencies.get(name) ?? '').forEach(reach);
  };
  names(controlField('Depends')).forEach(reach);
  const owners = ownersOf([...needed]);
  expect([...owners].filter(([, owner]) => !reached.has(owner))).toEqual([]);
  expect(owners.size).toBeGreaterThan(30);
});

/** The package of each library. dpkg knows them by the path from before /lib became a link to /usr/lib, too. */
function ownersOf(libraries: readonly string[]): Map<string, string> {
  const paths = libraries.flatMap((library) => [library, library.replace(/^\/usr/, '')]);
  // It ends with an error where it does not know one of the two paths.
  const { stdout } = spawnSync('dpkg', ['--search', ...paths], { encoding: 'utf8' });
  const lines = stdout.matchAll(/^([^:\s]+)(?::\S+)?: (.+)$/gm);
  const owners = new Map([...lines].map(([, owner, path]) => [path.replace(/^\/usr/, ''), owner]));
  return new Map(libraries.map((library) => [library, owners.get(library.replace(/^\/usr/, '')) ?? 'nobody']));
}

test('native code is that of this platform only', () => {
  const natives = nativeFiles().map((file) => file.slice(app.length + 1));
  expect(natives.filter((file) => /darwin|win32|musl|cuda|tensorrt/i.test(file))).toEqual([]);
  expect(natives.filter((file) => /linux_?-?\/?(x64|arm64)/.test(file) && !file.includes(process.arch))).toEqual([]);
  const unpacked = natives.filter((file) => file.includes('node_modules'));
  expect(unpacked.some((file) => file.endsWith('libonnxruntime.so.1'))).toBe(true);
  expect(unpacked.some((file) => file.endsWith('koffi.node'))).toBe(true);
  expect(unpacked.every((file) => file.startsWith('resources/app.asar.unpacked/'))).toBe(true);
});

test('the app is sealed: the fuses, the hashes of its files, and nothing for developers', async () => {
  const wire = await getCurrentFuseWire(join(app, 'pyramid-chat'));
  const names = Object.keys(FUSES) as (keyof typeof FUSES)[];
  expect(Object.fromEntries(names.map((name) => [name, wire[FuseV1Options[name]] === FUSE_ON]))).toEqual(FUSES);
  expect(getRawHeader(asar).headerString).toContain('"integrity":{"algorithm":"SHA256"');
  const resources = readdirSync(join(app, 'resources')).sort();
  expect(resources).toEqual(['app.asar', 'app.asar.unpacked', 'apparmor-profile', 'bin', 'models', 'texts']);
});

test('the model is the genuine one, and the licences of others are there', () => {
  const model = readFileSync(join(app, 'resources', 'models', bundledModel.file));
  expect(createHash('sha256').update(model).digest('hex')).toBe(bundledModel.sha256);
  const licences = JSON.parse(extractFile(asar, 'out/renderer/licences.json').toString());
  expect(licences.length).toBeGreaterThan(100);
  expect(statSync(join(app, 'LICENSES.chromium.html')).size).toBeGreaterThan(1e6);
});

test('desktop entry, MIME type, icons and software-centre metadata are valid and fit together', () => {
  const entry = join(root, 'usr/share/applications/pyramid-chat.desktop');
  expect(output('desktop-file-validate', [entry])).toBe('');
  const desktop = readFileSync(entry, 'utf8');
  expect(desktop).toContain('\nMimeType=application/x-gguf;\n');
  expect(desktop).toContain('\nExec="/opt/Pyramid Chat/pyramid-chat" %F\n');
  expect(installedPath('usr/share/mime/packages/pyramid-chat.xml')).toContain('<glob pattern="*.gguf"/>');
  const metainfo = join(root, 'usr/share/metainfo/org.pyramidchat.PyramidChat.metainfo.xml');
  output('appstreamcli', ['validate', '--no-net', metainfo]);
  expect(readFileSync(metainfo, 'utf8')).toContain(`<release version="${controlField('Version').split('-')[0]}"`);
  for (const size of ICON_SIZES) {
    const icon = readFileSync(join(root, `usr/share/icons/hicolor/${size}x${size}/apps/pyramid-chat.png`));
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([size, size]);
  }
});

test('the rpm installs the same files, and names what it needs', () => {
  const rpm = builtFile('.rpm');
  const ofRpm = output('rpm', ['-qp', '--nosignature', '--list', rpm]).trim().split('\n').sort();
  const ofDeb = readdirSync(root, { recursive: true, withFileTypes: true })
    .map((each) => ({ path: join(each.parentPath, each.name).slice(root.length), isFolder: each.isDirectory() }))
    .filter(({ path, isFolder }) => !isFolder || path.startsWith('/opt/'))
    .map(({ path }) => path)
    .sort();
  expect(ofRpm).toEqual(ofDeb);
  const tags = output('rpm', ['-qp', '--nosignature', '--queryformat', '%{NAME} %{ARCH} %{VENDOR}', rpm]);
  expect(tags).toBe(`pyramid-chat ${process.arch === 'x64' ? 'x86_64' : 'aarch64'} Pyramid Chat`);
  const requires = output('rpm', ['-qp', '--nosignature', '--requires', rpm]).split('\n');
  for (const name of ['alsa-lib', 'gtk3', 'nss', '(mesa-libgbm or libgbm1)', '(libdrm or libdrm2)'])
    expect(requires).toContain(name);
  const scripts = output('rpm', ['-qp', '--nosignature', '--scripts', rpm]);
  expect(scripts).toContain("/usr/bin/pyramid-chat'");
});
