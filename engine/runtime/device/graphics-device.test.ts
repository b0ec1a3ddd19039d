import { expect, it } from 'vitest';
import { findGraphicsDevice } from './graphics-device.js';
import type { VulkanDevice } from './vulkan.js';

const CARD: VulkanDevice = {
  ...{ name: 'Card', kind: 'discrete', driver: 'NVIDIA 580.1', apiVersion: '1.4.0' },
  ...{ memoryBytes: 8e9, bindingBytes: 2 ** 32 - 1 },
};
const SOFTWARE: VulkanDevice = { ...CARD, name: 'llvmpipe', kind: 'software' };
const BUILT_IN: VulkanDevice = { ...CARD, name: 'Built in', kind: 'integrated' };

it('is the one that WebGPU will take: the card before what is built in, software only without either', () => {
  expect(findGraphicsDevice('linux', [SOFTWARE, BUILT_IN, CARD])).toEqual({
    ...{ name: 'Card', kind: 'discrete', backend: 'Vulkan', driver: 'NVIDIA 580.1', memoryBytes: 8e9 },
  });
  expect(findGraphicsDevice('linux', [SOFTWARE, BUILT_IN]).name).toBe('Built in');
  expect(findGraphicsDevice('linux', [SOFTWARE]).kind).toBe('software');
});

it.each([
  ['noDriver', null],
  ['noDriver', []],
  ['driverTooOld', [{ ...CARD, apiVersion: '1.0.61' }]],
  ['limitsTooSmall', [{ ...CARD, bindingBytes: 2 ** 26 }]],
] as const)('%s: says so', (lack, devices) => {
  expect(() => findGraphicsDevice('linux', devices)).toThrow(
    expect.objectContaining({ code: 'DEVICE_UNAVAILABLE', details: expect.objectContaining({ lack }) }),
  );
});

it('needs no Vulkan where WebGPU runs without; then nothing is known of it', () => {
  expect(findGraphicsDevice('darwin', null)).toMatchObject({ name: '', backend: 'Metal', memoryBytes: null });
  expect(findGraphicsDevice('win32', [])).toMatchObject({ name: '', backend: 'Direct3D 12' });
  expect(findGraphicsDevice('win32', [CARD])).toMatchObject({ name: 'Card', backend: 'Direct3D 12' });
});
