import { runEntry } from './entry.mjs';

/** @returns {string[] | undefined} the suites that `--only a,b` names; undefined if it names none or an unknown one */
function parseOnly(args, known) {
  if (args.length === 0) return known;
  const value = args[0] === '--only' ? args[1] : args[0].startsWith('--only=') ? args[0].slice('--only='.length) : '';
  const names = (value ?? '').split(',').filter(Boolean);
  return names.length > 0 && names.every((name) => known.includes(name)) ? names : undefined;
}

function summarize(name, { passed, failed, skipped }, seconds) {
  const counts = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ');
  return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(10)} ${counts} (${seconds.toFixed(1)} s)`;
}

async function runSuite(name, suite) {
  const startMs = performance.now();
  const result = await suite().catch((error) => ({
    passed: 0,
    failed: 1,
    skipped: 0,
    output: String(error.stack ?? error),
  }));
  console.log(summarize(name, result, (performance.now() - startMs) / 1000));
  if (result.failed > 0) console.log(`${result.output.trimEnd()}\n`);
  return result;
}

runEntry(async () => {
  const { projectRoot } = await import('./project-root.mjs');
  const { runSetup } = await import('./setup/run-setup.mjs');
  const { describeError } = await import('./setup/setup-error.mjs');
  const { SUITES } = await import('./checks/suites.mjs');
  const names = parseOnly(process.argv.slice(2), Object.keys(SUITES));
  if (!names) {
    console.error(
      `Usage: npm test [-- --only SUITE[,SUITE…]], where SUITE is one of ${Object.keys(SUITES).join(', ')}`,
    );
    return 2;
  }
  try {
    await runSetup(projectRoot);
  } catch (error) {
    console.error(describeError(error));
    console.log('0 passed, 1 failed');
    return 1;
  }
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    const result = await runSuite(name, SUITES[name]);
    passed += result.passed;
    failed += result.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});
