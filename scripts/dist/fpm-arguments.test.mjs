import { expect, test } from 'vitest';
import { controlFile } from './deb.mjs';
import { readFpmArguments } from './fpm-arguments.mjs';
import { specFile } from './rpm.mjs';

// As electron-builder passes them.
const COMMON = [
  '-s',
  'dir',
  '--force',
  '--after-install',
  '/t/in',
  '--after-remove',
  '/t/out',
  '--version',
  '1.2.0~beta',
];
const WHO = [
  '--name',
  'chat',
  '--maintainer',
  'A <a@b.c>',
  '--vendor',
  'A',
  '--url',
  'https://a.b',
  '--license',
  'MIT',
];
const DEB = [
  ...[...COMMON, ...WHO, '-t', 'deb', '-d', 'libgbm1', '-d', 'libc6 (>= 2.28)', '--deb-recommends', 'libnotify4'],
  ...['--deb-compression', 'gz', '--deb-priority', 'optional', '--architecture', 'amd64', '--category', 'utils'],
  ...['--description', 'Talks\n First line.\n\nThird.', '--package', '/r/a=b.deb'],
  ...['/r/unpacked/=/opt/A Chat', '/t/x=y.png=/usr/share/icons/chat.png'],
];
const RPM = [
  ...[...COMMON, ...WHO, '-t', 'rpm', '-d', '(libdrm or libdrm2)', '--rpm-os', 'linux', '--rpm-compression', 'xzmt'],
  ...['--rpm-summary', 'Talks', '--architecture', 'amd64', '--description', '100 % local', '--package', '/r/a.rpm'],
  '/r/unpacked/=/opt/A Chat',
];

test('what is to be packed, and where it goes', () => {
  const { files, output, depends, afterInstall } = readFpmArguments(DEB);
  expect(files).toEqual([
    { from: '/r/unpacked/', to: '/opt/A Chat' },
    { from: '/t/x=y.png', to: '/usr/share/icons/chat.png' },
  ]);
  expect({ output, depends, afterInstall }).toEqual({
    output: '/r/a=b.deb',
    depends: ['libgbm1', 'libc6 (>= 2.28)'],
    afterInstall: '/t/in',
  });
});

test('what is not known is refused, not left out', () => {
  expect(() => readFpmArguments([...DEB, '--deb-suggests', 'x'])).toThrow('--deb-suggests');
  expect(() => readFpmArguments(['-s', 'dir', '-t', 'pacman'])).toThrow('pacman');
});

test('a control file has all fields, and blank lines of the description as dots', () => {
  expect(controlFile(readFpmArguments(DEB), 2049)).toBe(
    `Package: chat
Version: 1.2.0~beta-1
Architecture: amd64
Maintainer: A <a@b.c>
Installed-Size: 3
Depends: libgbm1, libc6 (>= 2.28)
Recommends: libnotify4
Section: utils
Priority: optional
Homepage: https://a.b
Description: Talks
 First line.
 .
 Third.
`,
  );
});

test('a spec names files as installed, and leaves no percent sign for a macro', () => {
  const spec = specFile(readFpmArguments(RPM), {
    root: '/t/root',
    files: [
      { path: '/opt/A Chat', isFolder: true },
      { path: '/opt/A Chat/50%', isFolder: false },
    ],
    scripts: { afterInstall: 'echo %U', afterRemove: 'true' },
  });
  expect(spec).toContain('Summary: Talks\n');
  expect(spec).toContain('Requires: (libdrm or libdrm2)\n');
  expect(spec).toContain('%description\n100 %% local\n');
  expect(spec).toContain('%post\necho %%U\n');
  expect(spec).toContain('%dir "/opt/A Chat"\n"/opt/A Chat/50%%"\n');
  expect(spec).toContain('%global _binary_payload w6T0.xzdio');
});
