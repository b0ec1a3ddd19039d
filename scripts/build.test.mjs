import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import config from '../electron.vite.config.ts';
import { hashSources, isBuilt, OUTPUTS, SOURCE_FILES } from './build.mjs';

let root;

function write(file, text = file) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  const sources = ['electron/main/index.ts', 'engine/index.ts', 'locales/words.ts', 'renderer/src/main.tsx'];
  for (const file of [...SOURCE_FILES, ...sources]) write(file);
  for (const file of OUTPUTS) write(`out/${file}`);
  write('out/main/sources.sha256', hashSources(root));
});

afterEach(() => rmSync(root, { recursive: true }));

test('a build is fresh until what it reads changes', () => {
  expect(isBuilt(root)).toBe(true);
  write('engine/index.test.ts', 'changed');
  write('engine/testing/tiny-model.ts', 'changed');
  expect(isBuilt(root)).toBe(true);
});

test.each([
  'engine/index.ts',
  'renderer/src/main.tsx',
  'electron/main/new-file.ts',
  'package-lock.json',
  'electron.vite.config.ts',
  'assets/licences.json',
])('a change of %s asks for a build', (file) => {
  write(file, 'changed');
  expect(isBuilt(root)).toBe(false);
});

test('a renamed file and text moved between files ask for a build', () => {
  const before = hashSources(root);
  rmSync(join(root, 'engine/index.ts'));
  write('engine/main.ts', 'engine/index.ts');
  expect(hashSources(root)).not.toBe(before);
});

test('a missing output or an interrupted build asks for a build', () => {
  rmSync(join(root, 'out/preload'), { recursive: true });
  expect(isBuilt(root)).toBe(false);
  write('out/preload/index.cjs');
  expect(isBuilt(root)).toBe(true);
  rmSync(join(root, 'out/main/sources.sha256'));
  expect(isBuilt(root)).toBe(false);
});

test('whatever the bundler begins with is an output', () => {
  const { main, preload, renderer } = config;
  const inputs = (part) => Object.keys(part.build.rolldownOptions.input);
  expect([...OUTPUTS].sort()).toEqual(
    [
      ...inputs(main).map((name) => `main/${name}.js`),
      ...inputs(preload).map((name) => `preload/${name}.cjs`),
      ...inputs(renderer).map((name) => `renderer/${name}.html`),
    ].sort(),
  );
});
