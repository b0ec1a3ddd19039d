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
  if (names.length > 0) return runSetup(projectRoot, names);
  const { onDisk } = await import('./setup/on-disk.mjs');
  await runSetup(projectRoot);
  console.log(await onDisk(projectRoot));
});
