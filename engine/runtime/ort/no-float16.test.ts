import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFaultyDriver } from '../../testing/faulty-driver.js';
import { noDevice } from '../../testing/webgpu.js';
import { testDevice } from '../device/webgpu-self-test.js';

// A process asks a device once what it can do: so this test has one of its own.
const folder = mkdtempSync(path.join(tmpdir(), 'faulty-'));
const driver = makeFaultyDriver(folder);
driver?.set('wide');
Object.assign(process.env, driver?.env);
const cannot = driver === null || (await noDevice()) !== null;
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(cannot)('a device without numbers of 16 bits computes in 32, and that is noted', async () => {
  const { factory, notes } = await testDevice(2);
  expect(factory.device.traits.type).toBe('float32');
  expect(notes).toContainEqual(expect.objectContaining({ code: 'noFloat16' }));
  factory.release();
});
