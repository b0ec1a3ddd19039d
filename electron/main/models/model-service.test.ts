import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingsFile } from '../settings.js';
import { ModelService } from './model-service.js';

let folder: string;

const own = (...names: string[]) => join(folder, 'model-files', ...names);

function write(...names: string[]): string {
  mkdirSync(own(...names.slice(0, -1)), { recursive: true });
  writeFileSync(own(...names), 'GGUF');
  return own(...names);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-service-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('of a copy that the end of the app cut short nothing stays; downloads that can go on do', async () => {
  const copied = write('mine-1234', 'mine.gguf');
  const download = write('a', 'a.gguf.part');
  write('mine-5678.part', 'mine.gguf');
  const settings = new SettingsFile(join(folder, 'settings.json'));
  const service = new ModelService({
    userData: folder,
    defaultModel: join(folder, 'bundled.gguf'),
    cacheFolder: join(folder, 'models'),
    parkingFolder: join(folder, 'memories'),
    hub: null,
    settings: () => settings.current,
    saveSettings: () => undefined,
    show: () => undefined,
    onLog: () => undefined,
  });
  await expect.poll(() => existsSync(own('mine-5678.part'))).toBe(false);
  expect([copied, download].filter((path) => !existsSync(path))).toEqual([]);
  await service.stopAll();
});
