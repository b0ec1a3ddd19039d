import { expect, test } from 'vitest';
import { runtimeError } from './ort-error.js';

test.each([
  'Failed to allocate memory for requested buffer of size 4294967296',
  'Exception during initialization: std::bad_alloc',
  'bad allocation',
])('%s: memory has run out', (message) => {
  expect(runtimeError(message)).toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringMatching(/shorter context/),
  });
});

test('anything else keeps its words and its number', () => {
  expect(runtimeError('Invalid rank for input: hidden', 2)).toMatchObject({
    code: 'RUNTIME_FAILED',
    message: expect.stringContaining('Invalid rank for input: hidden'),
    details: { ortCode: 2 },
  });
});

test.each([
  'Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.',
  'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
])('%s: the device is gone', (message) => {
  expect(runtimeError(message)).toMatchObject({ code: 'DEVICE_LOST', message: expect.stringMatching(/Try again/) });
});

test('a device that is full says what to do, and not what a file of ONNX Runtime is called', () => {
  const { code, message } = runtimeError(
    'WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY at VulkanError.cpp:119',
  );
  expect(code).toBe('OUT_OF_MEMORY');
  expect(message).toMatch(/graphics processor.*stronger compression/);
  expect(message).not.toMatch(/cpp/);
});
