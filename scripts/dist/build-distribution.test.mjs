import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildDistribution } from './build-distribution.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'distribution-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path, content) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}

test('an older Electron than the one of package.json is never made into what users get unasked', async () => {
  write('.cache/electron/runtime.json', { source: 'npm registry', version: '33.2.1' });
  write('node_modules/electron/package.json', { version: '45.4.1' });
  const options = { folder: 'release', isFast: true, allowsDevelopmentRuntime: false, onNote: () => {} };
  await expect(buildDistribution(root, options)).rejects.toThrow(/33\.2\.1.*users get the official Electron 45\.4\.1/);
});
