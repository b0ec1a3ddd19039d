import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type FaultyDriver, makeFaultyDriver } from '../../engine/testing/faulty-driver.js';
import { type DrivenService, serveEachTest } from './fixtures/driven-service.js';

const folder = mkdtempSync(join(tmpdir(), 'faulty-'));
const driver = makeFaultyDriver(folder) as FaultyDriver;
afterAll(() => rmSync(folder, { recursive: true }));

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
});

async function loadOnDevice() {
  driven.device = 'webgpu';
  driven.load();
  await driven.listener.model('ready');
  const model = driven.listener.of('model').at(-1)?.model;
  if (model?.state !== 'ready') throw new Error(`The model is ${model?.state}.`);
  return model;
}
const reports = (type: string) => driven.reports.filter((report) => report.type === type);

// Elsewhere WebGPU needs no driver for Vulkan.
test.skipIf(process.platform !== 'linux')(
  'without a driver the processor runs the model, and why is said',
  async () => {
    Object.assign(process.env, { VK_DRIVER_FILES: '/nonexistent', VK_ICD_FILENAMES: '/nonexistent' });
    const { runtime, deviceBytes } = await loadOnDevice();
    expect(runtime).toMatchObject({ executionProvider: 'cpu', deviceChoice: 'webgpu' });
    expect(runtime.notes).toMatchObject([{ code: 'noDriver' }]);
    expect(deviceBytes).toBeNull();
    expect(driven.reports.at(-1)).toMatchObject({ type: 'model', onDevice: false });
  },
);

test.skipIf(driver === null)('that the device was lost in an answer is told to main', { timeout: 60_000 }, async () => {
  Object.assign(process.env, driver.env);
  const { runtime, deviceBytes } = await loadOnDevice();
  expect(runtime.executionProvider).toBe('webgpu');
  expect(deviceBytes).toBeGreaterThan(0);
  driver.set('lost');
  driven.ask('a', { maxTokens: 3 });
  await driven.listener.ends(1);
  expect(reports('deviceLost')).toHaveLength(1);
  // Whoever asks when an answer has ended waits for the process that main begins then.
  expect(driven.listener.of('model').at(-1)?.model.state).toBe('loading');
  driven.ask('b');
  await driven.service.end();
  expect(driven.outcomes()).toEqual(['a DEVICE_LOST']);
  expect(reports('unanswered')).toMatchObject([{ command: { request: { requestId: 'b' } } }]);
});
