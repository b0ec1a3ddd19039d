import { EngineError } from '../../errors.js';
import type { GraphicsDevice } from '../../types.js';
import { readVulkanDevices, type VulkanDevice } from './vulkan.js';

/** Why there is no device to be used, in words that the window can translate. */
type Lack = 'noDriver' | 'driverTooOld' | 'limitsTooSmall';

/** What Dawn asks of a Vulkan driver, and WebGPU of every device. */
const LEAST_API_VERSION = [1, 1];
const LEAST_BINDING_BYTES = 128 * 1024 * 1024;

/** Dawn takes the first of these kinds, which ONNX Runtime asks for by `powerPreference`; it lets nobody choose by name. */
const PREFERENCE: readonly VulkanDevice['kind'][] = ['discrete', 'integrated', 'software', 'other'];

/**
 * The device that WebGPU will run on, as far as its driver tells.
 * @throws EngineError DEVICE_UNAVAILABLE, with `lack`
 */
export function findGraphicsDevice(
  platform: NodeJS.Platform = process.platform,
  devices: readonly VulkanDevice[] | null = readVulkanDevices(),
): GraphicsDevice {
  const found = PREFERENCE.map((wanted) => devices?.find(({ kind }) => kind === wanted)).find(Boolean);
  const backend = platform === 'darwin' ? 'Metal' : platform === 'win32' ? 'Direct3D 12' : 'Vulkan';
  if (backend !== 'Vulkan') {
    // They run without Vulkan; where there is Vulkan beside, it knows the same devices.
    if (!found) return { name: '', kind: 'other', backend, driver: '', memoryBytes: null };
  } else if (!found) {
    throw unavailable('no driver for Vulkan has a device', 'noDriver');
  } else checkDevice(found);
  const { name, kind, driver, memoryBytes } = found;
  return { name, kind, backend, driver, memoryBytes };
}

function checkDevice({ name, driver, apiVersion, bindingBytes }: VulkanDevice): void {
  const [major, minor] = apiVersion.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_API_VERSION;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    const wanted = LEAST_API_VERSION.join('.');
    throw unavailable(
      `the driver of ${name} (${driver}) has Vulkan ${apiVersion}, and ${wanted} is needed`,
      'driverTooOld',
    );
  }
  if (bindingBytes < LEAST_BINDING_BYTES) {
    throw unavailable(
      `${name} shows a kernel ${bindingBytes} bytes, of ${LEAST_BINDING_BYTES} needed`,
      'limitsTooSmall',
    );
  }
}

/** @param lack where it is known more exactly than in the words of whoever failed */
export function unavailable(reason: string, lack: Lack | 'failed' = 'failed'): EngineError {
  return new EngineError(
    'DEVICE_UNAVAILABLE',
    `No graphics processor can be used (${reason}). Install or update its driver, or choose the processor.`,
    { lack, reason },
  );
}
