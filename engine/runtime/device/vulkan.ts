import koffi from 'koffi';
import { loadLibrary } from '../ort/native-library.js';

/** A device as its Vulkan driver describes it. */
export interface VulkanDevice {
  name: string;
  kind: 'discrete' | 'integrated' | 'software' | 'other';
  /** The driver's name and version, as it gives them. */
  driver: string;
  /** As 1.3.0. */
  apiVersion: string;
  /** Of the largest heap that is the device's own. */
  memoryBytes: number;
  /** Most bytes of a buffer that a kernel may see at once. */
  bindingBytes: number;
}

const LIBRARY: Partial<Record<NodeJS.Platform, string>> = { linux: 'libvulkan.so.1', win32: 'vulkan-1.dll' };

/** VK_MAKE_API_VERSION(0, 1, 1, 0): from there on what is asked below is there. */
const API_VERSION_1_1 = (1 << 22) | (1 << 12);
const SUCCESS = 0;
/** VkPhysicalDeviceType, from 0. */
const KINDS: readonly VulkanDevice['kind'][] = ['other', 'integrated', 'discrete', 'other', 'software'];
/** VK_MEMORY_HEAP_DEVICE_LOCAL_BIT. */
const DEVICE_LOCAL = 1;
const MOST_DEVICES = 32;

/** Sizes, VkStructureType and offsets of the structures in vulkan_core.h, the same on every 64-bit system. */
const APPLICATION = { size: 48, type: 0, apiVersion: 44 };
const INSTANCE = { size: 64, type: 1, application: 24 };
const PROPERTIES = {
  ...{ size: 840, type: 1000059001, next: 8 },
  ...{ apiVersion: 16, driverVersion: 20, deviceType: 32, deviceName: 36, maxStorageBufferRange: 340 },
};
const DRIVER = { size: 536, type: 1000196000, name: 20, info: 276 };
const MEMORY = { size: 520, heapCount: 260, heaps: 264, heapSize: 16, heapFlags: 8 };
const TEXT_LENGTH = 256;

/**
 * The devices of this computer, in the order of their drivers; none where no driver has one. Null: there is no Vulkan to
 * ask, as on a Mac.
 */
export function readVulkanDevices(): VulkanDevice[] | null {
  const vulkan = loadVulkan();
  if (!vulkan) return null;
  const out = new BigUint64Array(new ArrayBuffer(8));
  if (vulkan.createInstance(instanceInfo(), null, out) !== SUCCESS) return [];
  const [instance] = out;
  try {
    const count = new Uint32Array(new ArrayBuffer(4)).fill(MOST_DEVICES);
    const devices = new BigUint64Array(new ArrayBuffer(8 * MOST_DEVICES));
    if (vulkan.enumeratePhysicalDevices(instance, count, devices) < SUCCESS) return [];
    return [...devices.subarray(0, count[0])].map((device) => describe(vulkan, device));
  } finally {
    vulkan.destroyInstance(instance, null);
  }
}

function loadVulkan() {
  const name = LIBRARY[process.platform];
  try {
    return name ? open(name) : null;
  } catch {
    return null;
  }
}

function open(name: string) {
  const library = loadLibrary(name);
  return {
    createInstance: library.func('int vkCreateInstance(void *, void *, void *)'),
    destroyInstance: library.func('void vkDestroyInstance(void *, void *)'),
    enumeratePhysicalDevices: library.func('int vkEnumeratePhysicalDevices(void *, void *, void *)'),
    properties: library.func('void vkGetPhysicalDeviceProperties2(void *, void *)'),
    memory: library.func('void vkGetPhysicalDeviceMemoryProperties(void *, void *)'),
  };
}

function describe(vulkan: ReturnType<typeof open>, device: bigint): VulkanDevice {
  // One memory for both, so that the second lives as long as the first names its address.
  const properties = zeros(PROPERTIES.size + DRIVER.size);
  const driver = properties.subarray(PROPERTIES.size);
  properties.writeUInt32LE(PROPERTIES.type);
  driver.writeUInt32LE(DRIVER.type);
  properties.writeBigUInt64LE(koffi.address(properties) + BigInt(PROPERTIES.size), PROPERTIES.next);
  vulkan.properties(device, properties);
  const memory = zeros(MEMORY.size);
  vulkan.memory(device, memory);
  const version = versionText(properties.readUInt32LE(PROPERTIES.driverVersion));
  return {
    name: textAt(properties, PROPERTIES.deviceName),
    kind: KINDS[properties.readUInt32LE(PROPERTIES.deviceType)] ?? 'other',
    driver: `${textAt(driver, DRIVER.name)} ${textAt(driver, DRIVER.info) || version}`.trim(),
    apiVersion: versionText(properties.readUInt32LE(PROPERTIES.apiVersion)),
    memoryBytes: largestOwnHeap(memory),
    bindingBytes: properties.readUInt32LE(PROPERTIES.maxStorageBufferRange),
  };
}

function instanceInfo(): Buffer {
  const instance = zeros(INSTANCE.size + APPLICATION.size);
  const application = instance.subarray(INSTANCE.size);
  instance.writeUInt32LE(INSTANCE.type);
  instance.writeBigUInt64LE(koffi.address(instance) + BigInt(INSTANCE.size), INSTANCE.application);
  application.writeUInt32LE(APPLICATION.type);
  application.writeUInt32LE(API_VERSION_1_1, APPLICATION.apiVersion);
  return instance;
}

function largestOwnHeap(memory: Buffer): number {
  const count = memory.readUInt32LE(MEMORY.heapCount);
  const heaps = Array.from({ length: count }, (_, i) => MEMORY.heaps + i * MEMORY.heapSize);
  const own = heaps.filter((at) => memory.readUInt32LE(at + MEMORY.heapFlags) & DEVICE_LOCAL);
  return own.reduce((most, at) => Math.max(most, Number(memory.readBigUInt64LE(at))), 0);
}

/** As VK_API_VERSION_… take it apart. */
function versionText(version: number): string {
  return [(version >>> 22) & 0x7f, (version >>> 12) & 0x3ff, version & 0xfff].join('.');
}

function textAt(structure: Buffer, at: number): string {
  const text = structure.toString('utf8', at, at + TEXT_LENGTH);
  return text.split('\0', 1)[0];
}

/** Outside of V8's heap, so that it stays where native code was told. */
function zeros(size: number): Buffer {
  return Buffer.from(new ArrayBuffer(size));
}
