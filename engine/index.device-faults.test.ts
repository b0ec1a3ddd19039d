import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createEngine } from './index.js';
import { type FaultyDriver, makeFaultyDriver } from './testing/faulty-driver.js';
import { noDevice } from './testing/webgpu.js';
import type { CreateEngineOptions, Engine, EngineEvent } from './types.js';

const modelPath = path.join(import.meta.dirname, 'testing/architectures/llama/model.gguf');
const folder = mkdtempSync(path.join(tmpdir(), 'faulty-'));
const cacheFolder = path.join(folder, 'cache');
const driver = makeFaultyDriver(folder) as FaultyDriver;
afterAll(() => rmSync(folder, { recursive: true }));
Object.assign(process.env, driver?.env);
const cannot = driver === null || (await noDevice()) !== null;

const load = (more: Partial<CreateEngineOptions>) =>
  createEngine({ modelPath, cacheFolder, threads: 2, device: 'webgpu', ...more });

/** What an answer came to; `onEvent` hears of each event before the next. */
async function ends(engine: Engine, content: string, onEvent?: (count: number) => void): Promise<EngineEvent | null> {
  let last: EngineEvent | null = null;
  let count = 0;
  for await (const event of engine.generate({ messages: [{ role: 'user', content }], maxTokens: 6 })) {
    last = event;
    onEvent?.(++count);
  }
  return last;
}

describe.skipIf(cannot)('an engine on a device that fails', { timeout: 120_000 }, () => {
  afterEach(() => {
    for (const fault of ['full', 'old', 'small', 'discrete'] as const) driver.clear(fault);
  });

  it('says that memory ran out, which ONNX Runtime does not, and reads the chat again when there is some', async () => {
    const engine = await load({});
    const full = await ends(engine, 'hello', (count) => count === 1 && driver.set('full'));
    expect(full).toMatchObject({ type: 'error', error: { code: 'OUT_OF_MEMORY' } });
    driver.clear('full');
    expect(await ends(engine, 'hello')).toMatchObject({ type: 'done', result: { reusedTokens: 0 } });
    await engine.dispose();
  });

  it('refuses a model that its memory does not hold, before it is loaded; `auto` runs it on the processor', async () => {
    driver.set('small');
    driver.set('discrete');
    await expect(load({ orProcessor: true })).rejects.toMatchObject({ code: 'DEVICE_TOO_SMALL' });
    const engine = await load({ device: 'auto' });
    expect(engine.runtime).toMatchObject({ executionProvider: 'cpu', notes: [{ code: 'tooSmall' }] });
    await engine.dispose();
  });

  it('says that its driver is too old, and runs on the processor where that is allowed', async () => {
    driver.set('old');
    await expect(load({})).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', details: { lack: 'driverTooOld' } });
    const engine = await load({ orProcessor: true });
    expect(engine.runtime).toMatchObject({ executionProvider: 'cpu', notes: [{ code: 'driverTooOld' }] });
    await engine.dispose();
  });

  it('is measured once against the processor by `auto`, which takes the quicker one and says so', async () => {
    driver.set('discrete');
    const engine = await load({ device: 'auto' });
    const [note] = engine.runtime.notes;
    const { processorMs, deviceMs } = note.details;
    const isDevice = deviceMs < processorMs;
    expect(note.code).toBe(isDevice ? 'deviceQuicker' : 'processorQuicker');
    expect(engine.runtime.executionProvider).toBe(isDevice ? 'webgpu' : 'cpu');
    await engine.dispose();
    const again = await load({ device: 'auto' });
    expect(again.runtime.notes[0].details).toEqual(note.details);
    await again.dispose();
  });

  // The last one: a process does not get its device back.
  it('says that the device was lost, and that it is gone to whoever opens it again', async () => {
    const engine = await load({});
    const lost = await ends(engine, 'hello', (count) => count === 3 && driver.set('lost'));
    expect(lost).toMatchObject({ type: 'error', error: { code: 'DEVICE_LOST' } });
    expect(await ends(engine, 'hello')).toMatchObject({ error: { code: 'DEVICE_LOST' } });
    await engine.dispose();
    const onProcessor = await load({ orProcessor: true });
    expect(onProcessor.runtime).toMatchObject({ executionProvider: 'cpu', notes: [{ code: 'failed' }] });
    expect(await ends(onProcessor, 'hello')).toMatchObject({ type: 'done' });
    await onProcessor.dispose();
  });
});
