import { expect, it } from 'vitest';
import { readVulkanDevices } from './vulkan.js';

it('describes each device as its driver does, or finds none', ({ skip }) => {
  const devices = readVulkanDevices();
  if (!devices?.length) return skip('There is no Vulkan driver here.');
  for (const { name, driver, apiVersion, memoryBytes, bindingBytes } of devices) {
    expect(name).toMatch(/^[\x20-\x7e®™]+$/);
    expect(driver).toMatch(/\d/);
    expect(apiVersion).toMatch(/^1\.\d+\.\d+$/);
    expect(memoryBytes).toBeGreaterThan(2 ** 26);
    expect(bindingBytes).toBeGreaterThanOrEqual(2 ** 27);
  }
  expect(readVulkanDevices()).toEqual(devices);
});
