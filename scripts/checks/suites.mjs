import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../build.mjs';
import { electronEnvironment } from '../electron-environment.mjs';
import { projectRoot } from '../project-root.mjs';
import { CommandError } from '../setup/command.mjs';
import { ensureDisplay } from '../virtual-display.mjs';
import { checkDistribution } from './dist.mjs';
import { checkLayers } from './layers.mjs';
import { runTool } from './program.mjs';
import { countPlaywright, countVitest } from './reports.mjs';

/** @typedef {import('./reports.mjs').Counts & { output: string }} SuiteResult */

const REPORTS = 'test-results';

/** @returns {SuiteResult} a check that passes or fails as a whole */
function asOneTest({ ok, output }) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, output };
}

/** Removes an earlier run's report, so that it is never taken for this one's. */
function freshReport(name) {
  const path = join(projectRoot, REPORTS, name);
  mkdirSync(join(projectRoot, REPORTS), { recursive: true });
  rmSync(path, { force: true });
  return path;
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

async function runVitest(project) {
  const report = freshReport(`${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { ok, output } = await runTool('vitest/vitest.mjs', ['run', '--project', project, ...reporters]);
  return { ...countVitest(readReport(report), ok), output };
}

async function runBuild() {
  try {
    await ensureBuilt(projectRoot);
    return asOneTest({ ok: true, output: '' });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return asOneTest({ ok: false, output: error.message });
  }
}

async function runEndToEnd() {
  const build = await runBuild();
  if (build.failed > 0) return { ...build, output: `Not run, because the build failed.\n${build.output}` };
  const report = freshReport('e2e.json');
  Object.assign(process.env, electronEnvironment());
  const display = await ensureDisplay();
  try {
    const { ok, output } = await runTool('@playwright/test/cli.js', ['test']);
    return { ...countPlaywright(readReport(report), ok), output };
  } finally {
    display.stop();
  }
}

async function runDistribution() {
  const build = await runBuild();
  if (build.failed > 0) return { ...build, output: `Not run, because the build failed.\n${build.output}` };
  const report = freshReport('packages.json');
  const { ok, output, skipped } = await checkDistribution();
  for (const line of skipped) console.log(`  ${line}`);
  if (ok && output === '') return { passed: 0, failed: 0, skipped: skipped.length, output };
  return { ...countPlaywright(readReport(report), ok), output };
}

/**
 * Every check of `npm test`, in order: the quick ones first.
 * @type {Record<string, () => Promise<SuiteResult>>}
 */
export const SUITES = {
  types: async () => asOneTest(await runTool('typescript/bin/tsc', ['-p', '.', '--pretty', 'false'])),
  lint: async () =>
    asOneTest(
      await runTool('@biomejs/biome/bin/biome', [
        'ci',
        '--error-on-warnings',
        '--colors=off',
        '--max-diagnostics=200',
        '.',
      ]),
    ),
  layers: async () => asOneTest(await checkLayers()),
  'dead-code': async () => asOneTest(await runTool('knip/bin/knip.js', [])),
  unit: () => runVitest('unit'),
  model: () => runVitest('model'),
  build: runBuild,
  e2e: runEndToEnd,
  dist: runDistribution,
};
