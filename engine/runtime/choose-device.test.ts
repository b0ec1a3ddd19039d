import { expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import type { DeviceChoice } from '../types.js';
import { chooseRuntime } from './choose-device.js';
import { OrtCApi } from './ort-c-api.js';

const absent = () => Promise.reject(new EngineError('DEVICE_UNAVAILABLE', 'No driver. Install one.'));

it('runs on the processor where that is chosen, whatever devices there are', async () => {
  const { factory, reason } = await chooseRuntime('cpu', 2, undefined, absent);
  expect(factory.device).toBeUndefined();
  expect(reason).not.toMatch(/driver/);
});

it('falls to the processor by itself and says why, and refuses where the device was asked for', async () => {
  const { factory, reason } = await chooseRuntime('auto', 2, undefined, absent);
  expect(factory).toBeInstanceOf(OrtCApi);
  expect(reason).toMatch(/^No driver\. Install one\. C API of ONNX Runtime/);
  await expect(chooseRuntime('webgpu', 2, undefined, absent)).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
});

it('says what of a device is not used', async () => {
  const tested = async () => ({ factory: new OrtCApi(2), notes: ['no captured runs'] });
  const { reason } = await chooseRuntime('auto', 2, undefined, tested);
  expect(reason).toMatch(/^WebGPU of ONNX Runtime .*; no captured runs$/);
});

it('refuses a device that it does not know', async () => {
  await expect(chooseRuntime('cuda' as DeviceChoice, 2)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
