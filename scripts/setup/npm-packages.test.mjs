import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packagesMatchLock } from './npm-packages.mjs';

const OTHER_PLATFORM = process.platform === 'win32' ? 'linux' : 'win32';
const LOCKED = {
  '': { name: 'app' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/native': {
    version: '1.0.0',
    integrity: 'sha512-n',
    optional: true,
    os: [process.platform],
    cpu: [process.arch],
  },
  'node_modules/native-elsewhere': { version: '1.0.0', integrity: 'sha512-e', optional: true, os: [OTHER_PLATFORM] },
  'node_modules/native-musl': {
    version: '1.0.0',
    integrity: 'sha512-m',
    optional: true,
    os: [process.platform],
    libc: ['musl'],
  },
};

let root;

function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}

function installed({ without = [], change = {} } = {}) {
  const absent = ['', 'node_modules/native-elsewhere', 'node_modules/native-musl', ...without];
  const packages = Object.fromEntries(Object.entries(LOCKED).filter(([folder]) => !absent.includes(folder)));
  for (const folder of Object.keys(packages)) write(`${folder}/package.json`, {});
  write('node_modules/.package-lock.json', { packages: { ...packages, ...change } });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'packages-'));
  write('package-lock.json', { packages: LOCKED });
});

afterEach(() => rmSync(root, { recursive: true }));

test('what the lock file asks for on this platform is enough', () => {
  installed();
  expect(packagesMatchLock(root)).toBe(true);
});

test("this platform's binary that the lock file does not list is npm's addition", () => {
  installed({ change: { 'node_modules/native-new': { version: '1.0.0', optional: true } } });
  expect(packagesMatchLock(root)).toBe(true);
});

test('no node_modules, or one that npm did not finish', () => {
  expect(packagesMatchLock(root)).toBe(false);
  write('node_modules/a/package.json', {});
  expect(packagesMatchLock(root)).toBe(false);
});

test.each([
  ['a package is missing', { without: ['node_modules/a/node_modules/b'] }],
  ["this platform's binary is missing", { without: ['node_modules/native'] }],
  ['another version is installed', { change: { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-x' } } }],
  [
    'another tarball of the same version is installed',
    { change: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } } },
  ],
  ['a package is installed that the lock file no longer has', { change: { 'node_modules/old': { version: '1.0.0' } } }],
])('does not match: %s', (_name, options) => {
  installed(options);
  expect(packagesMatchLock(root)).toBe(false);
});

test('does not match: a folder was removed by hand', () => {
  installed();
  rmSync(join(root, 'node_modules/a/node_modules/b'), { recursive: true });
  expect(packagesMatchLock(root)).toBe(false);
});
