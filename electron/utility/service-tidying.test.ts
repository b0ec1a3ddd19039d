import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeTinyGguf } from '../../engine/testing/tiny-model.js';
import { DrivenService } from './fixtures/driven-service.js';

const BUDGET = 60_000;
const messages = [{ role: 'user' as const, content: 'the rain in the town and the sun on the sea '.repeat(20) }];

const folder = mkdtempSync(join(tmpdir(), 'service-tidying-'));
afterAll(() => rmSync(folder, { recursive: true }));

let modelPath: string;
beforeAll(async () => {
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  modelPath = await writeTinyGguf(folder, { layers: 3, seed: 7, metadata });
});

let driven: DrivenService;
beforeEach(async () => {
  driven = new DrivenService(mkdtempSync(join(folder, 'cache-')));
  driven.load(modelPath);
  await driven.listener.model('ready');
  return () => driven.end();
});

const states = () => driven.listener.of('tidying').map(({ tidying }) => tidying);
const ask = (requestId: string) =>
  driven.ask(requestId, { messages, maxTokens: 4, compression: { budgetBytes: BUDGET } });

test('parts are told, then what was freed, and what is held of the text', { timeout: 30_000 }, async () => {
  driven.service.obey({ type: 'tidy', mode: 'always' }, []);
  ask('long');
  await driven.listener.until(() => states().at(-1)?.state === 'done');
  const { end } = driven.listener.of('end')[0];
  const before = end.type === 'error' ? 0 : end.result.kv.bytesInUse;
  const [running, done] = [states().find((state) => state?.state === 'running'), states().at(-1)];
  expect(running).toMatchObject({ done: 0 });
  expect(done).toMatchObject({ state: 'done', kv: { budgetBytes: BUDGET } });
  if (done?.state !== 'done') return;
  expect(done.freedBytes).toBe(before - done.kv.bytesInUse);
  expect(done.kv.bytesInUse).toBeLessThanOrEqual(BUDGET);
  const texts = driven.listener.of('textMemory');
  await driven.listener.until(() => texts.push(...driven.listener.of('textMemory').slice(texts.length)) >= 2);
  expect(texts.at(-1)?.requestId).toBeNull();
  const heldRows = (text: (typeof texts)[number]) => text.memory?.rows.reduce((sum, rows) => sum + rows, 0) ?? 0;
  expect(heldRows(texts[texts.length - 1])).toBeLessThan(heldRows(texts[0]));
});

test('turned off in between nothing is told any more, and the next chat keeps to its budget', {
  timeout: 30_000,
}, async () => {
  driven.service.obey({ type: 'tidy', mode: 'idle' }, []);
  driven.service.obey({ type: 'tidy', mode: 'always' }, []);
  ask('long');
  await driven.listener.until(() => states().at(-1)?.state === 'running');
  driven.service.obey({ type: 'tidy', mode: 'off' }, []);
  await driven.listener.until(() => states().at(-1) === null);
  ask('again');
  await driven.listener.ends(2);
  const { end } = driven.listener.of('end')[1];
  expect(end).toMatchObject({ type: 'done', result: { kv: { budgetBytes: BUDGET } } });
  if (end.type === 'done') expect(end.result.kv.bytesInUse).toBeLessThanOrEqual(BUDGET);
  expect(states().at(-1)).toBeNull();
});

test('with another model it begins anew', async () => {
  driven.service.obey({ type: 'tidy', mode: 'always' }, []);
  ask('long');
  await driven.listener.until(() => states().at(-1)?.state === 'running');
  driven.load();
  await driven.listener.until(() => states().at(-1) === null);
  await driven.listener.model('ready');
});
