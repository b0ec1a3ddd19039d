import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeTinyGguf } from '../../engine/testing/tiny-model.js';
import { DrivenService, OTHER_PATH } from './fixtures/driven-service.js';

const folder = mkdtempSync(join(tmpdir(), 'service-measuring-'));
afterAll(() => rmSync(folder, { recursive: true }));
const textFile = fileURLToPath(new URL('../../assets/texts/wikitext-2-test.txt', import.meta.url));

let modelPath: string;
beforeAll(async () => {
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  modelPath = await writeTinyGguf(folder, { layers: 2, seed: 7, metadata });
});

let driven: DrivenService;
beforeEach(() => {
  driven = new DrivenService(mkdtempSync(join(folder, 'cache-')), textFile);
  return () => driven.end();
});

const state = () => driven.listener.of('measuring').at(-1)?.measuring;
const until = (reached: () => boolean) => driven.listener.until(reached);

async function loadUnmeasured(): Promise<void> {
  driven.load(modelPath);
  await until(() => state()?.state === 'paused');
}

test('what was measured in parts, beside answers, is told with the model when all is there', {
  timeout: 60_000,
}, async () => {
  await loadUnmeasured();
  const total = state()?.progress.total ?? 0;
  expect(state()?.progress.done).toBe(0);
  driven.service.obey({ type: 'measurePresets' }, []);
  await until(() => (state()?.progress.done ?? 0) >= 3);
  driven.service.obey({ type: 'stopMeasuring' }, []);
  await until(() => state()?.state === 'paused');
  const kept = state()?.progress.done ?? 0;
  expect(kept).toBeGreaterThanOrEqual(3);
  expect(kept).toBeLessThan(total);

  driven.service.obey({ type: 'measurePresets' }, []);
  driven.ask('beside');
  await driven.listener.ends(1);
  expect(driven.outcomes()).toEqual(['beside done']);
  await until(() => state() === null);
  const model = driven.listener.of('model').at(-1)?.model;
  if (model?.state !== 'ready') throw new Error(`The model is ${model?.state}.`);
  expect(model.presets.map(({ measured }) => measured?.continuation[0].windows)).toEqual([undefined, 6, 6, 6, 6]);
});

test('another model ends it; of the first nothing is told any more', { timeout: 60_000 }, async () => {
  await loadUnmeasured();
  driven.service.obey({ type: 'measurePresets' }, []);
  await until(() => (state()?.progress.done ?? 0) >= 1);
  driven.load(OTHER_PATH);
  await driven.listener.model('ready');
  await until(() => state()?.state !== 'running');
  const told = driven.listener.of('measuring').length;
  driven.ask('after');
  await driven.listener.ends(1);
  expect(
    driven.listener
      .of('measuring')
      .slice(told)
      .filter(({ measuring }) => measuring?.state === 'running'),
  ).toEqual([]);
});

test('a text that went missing is said, and measuring can be tried again', { timeout: 60_000 }, async () => {
  const own = join(folder, 'text.txt');
  driven = new DrivenService(mkdtempSync(join(folder, 'cache-')), own);
  writeFileSync(own, 'Too short.');
  await loadUnmeasured();
  driven.service.obey({ type: 'measurePresets' }, []);
  await until(() => state()?.state === 'failed');
  expect(state()).toMatchObject({ error: { code: 'TEXT_TOO_SHORT' } });
  driven.service.obey({ type: 'measurePresets' }, []);
  const states = () => driven.listener.of('measuring').map(({ measuring }) => measuring?.state);
  await until(() => states().filter((one) => one === 'failed').length === 2);
});
