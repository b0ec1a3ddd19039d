import { expect, test } from 'vitest';
import { findLayerProblems } from './layers.mjs';

const sources = { engine: ['engine/index.ts'], renderer: ['renderer/src/main.tsx'] };
const result = (visited, violations = []) => ({
  modules: visited.map((source) => ({ source })),
  summary: { violations },
});

test('nothing is wrong when all was visited and no rule broken', () => {
  expect(findLayerProblems(result(['engine/index.ts', 'renderer/src/main.tsx']), sources)).toEqual([]);
});

test('a file that was not visited is a problem, and so is a layer without files', () => {
  expect(findLayerProblems(result(['engine/index.ts']), sources)).toEqual(['not visited: renderer/src/main.tsx']);
  expect(findLayerProblems(result([]), { engine: [] })).toEqual(['engine: no source files']);
});

test('a broken rule is named with both ends', () => {
  const violation = {
    rule: { name: 'engine-stands-alone' },
    from: 'engine/index.ts',
    to: 'node_modules/react/index.js',
  };
  expect(findLayerProblems(result(['engine/index.ts', 'renderer/src/main.tsx'], [violation]), sources)).toEqual([
    'engine-stands-alone: engine/index.ts → node_modules/react/index.js',
  ]);
});
