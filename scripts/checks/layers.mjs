import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project-root.mjs';
import { runTool } from './program.mjs';

const LAYERS = ['engine', 'electron', 'locales', 'renderer'];

/** @returns {string[]} the TypeScript files of a layer, with forward slashes */
function sourcesOf(layer) {
  return readdirSync(join(projectRoot, layer), { recursive: true })
    .map((file) => `${layer}/${file}`.replaceAll('\\', '/'))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
}

/**
 * What is wrong with a dependency-cruiser result: broken rules, and source files that it has not looked at (with a
 * TypeScript that it does not know it visits none and reports success).
 * @param {{ modules: { source: string }[], summary: { violations: { from: string, to: string, rule: { name: string } }[] } }} result
 * @param {Record<string, string[]>} sources source files of each layer
 * @returns {string[]} one line each
 */
export function findLayerProblems(result, sources) {
  const visited = new Set(result.modules.map((module) => module.source));
  const problems = result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  for (const [layer, files] of Object.entries(sources)) {
    if (files.length === 0) problems.push(`${layer}: no source files`);
    problems.push(...files.filter((file) => !visited.has(file)).map((file) => `not visited: ${file}`));
  }
  return problems;
}

/** Checks the layer rules of docs/architecture.md. */
export async function checkLayers() {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...LAYERS];
  const { stdout, output } = await runTool('dependency-cruiser/bin/dependency-cruise.mjs', args);
  let result;
  try {
    result = JSON.parse(stdout);
  } catch {
    return { ok: false, output };
  }
  const problems = findLayerProblems(result, Object.fromEntries(LAYERS.map((layer) => [layer, sourcesOf(layer)])));
  return { ok: problems.length === 0, output: problems.join('\n') };
}
