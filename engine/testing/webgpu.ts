import { OrtWebGpu } from '../runtime/device/ort-webgpu.js';
import type { DeviceTraits } from '../runtime/ort/session.js';

/** What a software Vulkan does right. */
export const PLAIN_TRAITS: DeviceTraits = { type: 'float32', fusedAttention: false, graphCapture: false };

/** Why tests on a device cannot run here; null: they can. Any device will do, also Mesa's Vulkan on the processor. */
export async function noDevice(): Promise<string | null> {
  try {
    const factory = await OrtWebGpu.create(2, PLAIN_TRAITS);
    factory.release();
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(`Skipped, for want of a WebGPU device: ${reason}`);
    return reason;
  }
}
