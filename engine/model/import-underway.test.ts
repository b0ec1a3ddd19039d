import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeTinyGguf } from '../testing/tiny-model.js';
import type { LoadProgress } from '../types.js';
import { importModel } from './import-model.js';

async function cacheFolder(): Promise<string> {
  return join(await temporaryFolder(), 'cache');
}

describe('an import on the way', () => {
  test('reports hashing, then converting, to the end', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const seen: LoadProgress[] = [];
    await importModel({
      modelPath,
      cacheFolder: await cacheFolder(),
      precision: 'default',
      onProgress: (progress) => seen.push(progress),
    });
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((one, other) => one - other));
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['check', 'import']));
    for (const phase of ['check', 'import']) {
      const last = seen.filter((progress) => progress.phase === phase).pop();
      expect(last?.bytesDone).toBe(last?.bytesTotal);
    }
    expect(fractions[fractions.length - 1]).toBeLessThanOrEqual(1);
  });

  test.each(['check', 'import'] as const)(
    'ends with the reason of its signal in the phase %s and leaves nothing',
    async (phase) => {
      const modelPath = await writeTinyGguf(await temporaryFolder());
      const cache = await cacheFolder();
      const controller = new AbortController();
      const reason = new Error('enough');
      const importing = importModel({
        modelPath,
        cacheFolder: cache,
        precision: 'default',
        signal: controller.signal,
        onProgress: (progress) => progress.phase === phase && controller.abort(reason),
      });
      await expect(importing).rejects.toBe(reason);
      expect((await readdir(cache)).filter((name) => name !== 'index.json')).toEqual([]);
    },
  );

  test('beside another of the same model ends well for both', async () => {
    const modelPath = await writeTinyGguf(await temporaryFolder());
    const cache = await cacheFolder();
    const imports = [1, 2, 3].map(() => importModel({ modelPath, cacheFolder: cache, precision: 'default' }));
    const [first, ...others] = await Promise.all(imports);
    for (const other of others) expect(other).toEqual(first);
    expect((await readdir(cache)).sort()).toEqual([expect.stringMatching(/^[0-9a-f]{64}-int8-v5$/), 'index.json']);
  });

  test('removes what killed imports and older versions left, and nothing of live ones or of newer versions', async () => {
    const [dead, live] = [1, 2].map(() => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']));
    onTestFinished(() => void live.kill());
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    const cache = await cacheFolder();
    const folders = [dead, live].map(({ pid }) => `.import-${pid}-0badcafe`);
    for (const folder of folders) await mkdir(join(cache, folder), { recursive: true });
    const old = `.import-${live.pid}-00000001`;
    await mkdir(join(cache, old));
    await utimes(join(cache, old), new Date(0), new Date(0));
    const [older, newer] = ['v1', 'v99'].map((version) => `${'0'.repeat(64)}-default-${version}`);
    for (const folder of [older, newer]) await mkdir(join(cache, folder));
    const modelPath = await writeTinyGguf(await temporaryFolder());
    await importModel({ modelPath, cacheFolder: cache, precision: 'default' });
    const names = await readdir(cache);
    expect(names).toContain(newer);
    expect(names).not.toContain(older);
    const left = names.filter((name) => name.startsWith('.import-'));
    expect(left).toEqual([folders[1]]);
  });
});
