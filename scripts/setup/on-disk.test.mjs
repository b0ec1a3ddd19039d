import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onDisk } from './on-disk.mjs';

let root;

function write(file, bytes) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), '');
  truncateSync(join(root, file), bytes);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'on-disk-'));
});

afterEach(() => rmSync(root, { recursive: true }));

test('says what each part takes, in all its folders', async () => {
  write('node_modules/a/index.js', 12e6);
  write('node_modules/a/node_modules/b/index.js', 3e6);
  write('assets/models/model.gguf', 98.4e6);
  expect((await onDisk(root)).split('\n')).toEqual([
    'npm packages          15 MB  node_modules',
    'default model         98 MB  assets/models',
  ]);
});

test('a link is not counted again, and may lead nowhere', async () => {
  write('node_modules/a/cli.js', 2e6);
  mkdirSync(join(root, 'node_modules/.bin'));
  symlinkSync('../a/cli.js', join(root, 'node_modules/.bin/a'));
  symlinkSync('../gone/cli.js', join(root, 'node_modules/.bin/gone'));
  expect(await onDisk(root)).toBe('npm packages           2 MB  node_modules');
});
