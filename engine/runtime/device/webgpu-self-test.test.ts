import { describe, expect, it } from 'vitest';
import { noDevice } from '../../testing/webgpu.js';
import { liveNativeObjects } from '../ort/ort-native.js';
import { testDevice } from './webgpu-self-test.js';

describe.skipIf(await noDevice())('the self-test of a device', () => {
  it('ends with a factory for what is right there, says what is not, and keeps nothing else', async () => {
    const before = liveNativeObjects();
    const { factory, notes } = await testDevice(2);
    const { type, fusedAttention, graphCapture } = factory.device.traits;
    expect(notes.length).toBe([type === 'float16', fusedAttention, graphCapture].filter((right) => !right).length);
    factory.release();
    expect(liveNativeObjects()).toBe(before);
  }, 120_000);
});
