import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../project-root.mjs';

const FOLDERS = ['engine', 'electron', 'renderer', 'e2e', 'scripts', 'bench', 'locales'];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(projectRoot, folder), { recursive: true }).map((name) => join(folder, name).replaceAll('\\', '/')),
);
const docs = ['README.md', ...readdirSync(join(projectRoot, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

test.each(docs)('the tests that %s names are there', (doc) => {
  const named = readFileSync(join(projectRoot, doc), 'utf8').matchAll(/`([\w./-]+\.(?:test|spec)\.\w+)`/g);
  const missing = [...named].filter(([, name]) => !files.some((file) => file === name || file.endsWith(`/${name}`)));
  expect(missing.map(([, name]) => name)).toEqual([]);
});
