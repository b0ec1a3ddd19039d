import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../project-root.mjs';
import { collectLicences } from './licences.mjs';

const modules = ['react/index.js', '@base-ui/react/esm/dialog/index.js', '../renderer/src/main.tsx'];
const licences = collectLicences(
  projectRoot,
  modules.map((name) => join(projectRoot, 'node_modules', name)),
);
const names = licences.map(({ name }) => name);

test('bundled packages, loaded ones, the runtime, and what is no package', () => {
  for (const name of ['react', '@base-ui/react', 'onnxruntime-node', 'koffi', 'electron', 'SmolLM2-135M-Instruct'])
    expect(names).toContain(name);
  expect(names).not.toContain('vitest');
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
});

test('each with its version, its licence and that licence’s words', () => {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies).filter((name) => !names.includes(name))).toEqual([]);
  const react = licences.find(({ name }) => name === 'react');
  const manifest = JSON.parse(readFileSync(join(projectRoot, 'node_modules/react/package.json'), 'utf8'));
  expect(react).toMatchObject({ version: manifest.version, licence: 'MIT' });
  expect(react.text).toContain('Permission is hereby granted');
  expect(licences.filter(({ text }) => text === '').map(({ name }) => name)).toEqual([]);
});

test('the list is beside the page that was built', () => {
  const file = join(projectRoot, 'out/renderer/licences.json');
  if (existsSync(file)) expect(JSON.parse(readFileSync(file, 'utf8')).length).toBeGreaterThan(100);
});
