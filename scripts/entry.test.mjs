import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isNodeSuitable } from './entry.mjs';

test.each([
  ['18.20.8', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['20.20.2', true],
  ['21.7.3', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['23.11.1', false],
  ['24.0.0', true],
  ['25.1.0', true],
])('Node %s: %s', (version, suitable) => {
  expect(isNodeSuitable(version)).toBe(suitable);
});

test('package.json says the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(engines.node).toBe('^20.19.0 || ^22.13.0 || >=24.0.0');
});
