import { describe, expect, it } from 'vitest';
import { EngineError } from '../../errors.js';
import type { DeviceChoice, GraphicsDevice, RuntimeNote } from '../../types.js';
import { OrtCApi } from '../ort/ort-c-api.js';
import { checkDeviceChoice, lackNote, likelyDevice, openDevice, openProcessor } from './choose-device.js';
import { unavailable } from './graphics-device.js';

const CARD: GraphicsDevice = { name: 'Card', kind: 'discrete', backend: 'Vulkan', driver: 'V 1', memoryBytes: 8e9 };
const SOFTWARE: GraphicsDevice = { ...CARD, name: 'llvmpipe', kind: 'software' };
const NO_CAPTURE: RuntimeNote = { code: 'noCapture', message: 'no captured runs', details: { reason: 'none' } };
const absent = () => {
  throw unavailable('no driver', 'noDriver');
};

it('refuses a device that it does not know', () => {
  expect(() => checkDeviceChoice('auto')).not.toThrow();
  expect(() => checkDeviceChoice('cuda' as DeviceChoice)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

it('says what of a device is not used, and that it is none where it is a program', async () => {
  const open = (device: GraphicsDevice) =>
    openDevice({
      ...{ device, threads: 2 },
      test: async (threads) => ({ factory: new OrtCApi(threads), notes: [NO_CAPTURE] }),
    });
  const card = await open(CARD);
  expect(card).toMatchObject({ device: CARD, notes: [NO_CAPTURE] });
  expect(card.reason).toMatch(/^WebGPU of ONNX Runtime .* on Card, V 1, tested at start; no captured runs$/);
  expect((await open(SOFTWARE)).notes.map(({ code }) => code)).toEqual(['softwareTaken', 'noCapture']);
});

it('on the processor, why it is not on a device stands first', async () => {
  const { reason } = await openProcessor(2, [lackNote(unavailable('no driver', 'noDriver'))]);
  expect(reason).toMatch(/^No graphics processor can be used \(no driver\)\. .* C API of ONNX Runtime/);
});

describe('what auto begins with', () => {
  it('is the device, unless that is a program or there is none', () => {
    expect(likelyDevice(undefined, () => CARD)).toBe(CARD);
    expect(likelyDevice(undefined, () => SOFTWARE)).toMatchObject({
      ...{ code: 'softwareLeft', details: { name: 'llvmpipe' } },
    });
    expect(likelyDevice(undefined, absent)).toMatchObject({ code: 'noDriver', details: { reason: 'no driver' } });
  });
});

it('only what is about the device is a reason for the processor', () => {
  const damaged = new EngineError('MODEL_TRUNCATED', 'Cut short.');
  expect(() => lackNote(damaged)).toThrow(damaged);
  expect(lackNote(new EngineError('OUT_OF_MEMORY', 'Full.'))).toMatchObject({ code: 'failed', message: 'Full.' });
});
