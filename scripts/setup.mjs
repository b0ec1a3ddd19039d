import { runEntry } from './entry.mjs';

runEntry(async () => {
  const { projectRoot } = await import('./project-root.mjs');
  const { PART_NAMES, runSetup } = await import('./setup/run-setup.mjs');
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !PART_NAMES.includes(name));
  if (unknown !== undefined) {
    console.error(
      `Unknown part "${unknown}". Usage: npm run setup [-- PART …], where PART is one of ${PART_NAMES.join(', ')}`,
    );
    return 2;
  }
  await runSetup(projectRoot, names.length > 0 ? names : undefined);
});
