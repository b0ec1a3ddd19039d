import { EngineError } from '../../errors.js';
import type { DeviceChoice, GraphicsDevice, Logger, RuntimeNote, RuntimeNoteCode } from '../../types.js';
import { type ChosenRuntime, chooseSessionFactory } from '../ort/choose-session.js';
import type { SessionFactory } from '../ort/session.js';
import { findGraphicsDevice } from './graphics-device.js';

/** What a model is to run on. */
export interface ChosenDevice extends ChosenRuntime {
  /** Absent: on the processor. */
  device?: GraphicsDevice;
  notes: readonly RuntimeNote[];
}

/** A device that was tested. @throws EngineError DEVICE_UNAVAILABLE */
type TestDevice = (threads: number) => Promise<{ factory: SessionFactory; notes: readonly RuntimeNote[] }>;

interface OpenOptions {
  device: GraphicsDevice;
  threads: number;
  logger?: Logger;
  /** Why it is opened, before what is found out about it. */
  notes?: readonly RuntimeNote[];
  test?: TestDevice;
}

const testWebGpu: TestDevice = async (threads) => (await import('./webgpu-self-test.js')).testDevice(threads);

/** @throws EngineError REQUEST_INVALID for another choice */
export function checkDeviceChoice(choice: DeviceChoice): void {
  if (['auto', 'cpu', 'webgpu'].includes(choice)) return;
  throw new EngineError('REQUEST_INVALID', `A model runs on auto, cpu or webgpu, not on ${JSON.stringify(choice)}.`);
}

/** @throws EngineError RUNTIME_UNAVAILABLE */
export async function openProcessor(threads: number, notes: readonly RuntimeNote[], logger?: Logger) {
  const { factory, reason } = await chooseSessionFactory(threads, logger);
  return { factory, notes, reason: [...notes.map(({ message }) => message), reason].join(' ') };
}

/**
 * The graphics processor, tested.
 * @throws EngineError DEVICE_UNAVAILABLE
 */
export async function openDevice(options: OpenOptions): Promise<ChosenDevice> {
  const { device, threads, logger, notes: before = [], test = testWebGpu } = options;
  const tested = await test(threads);
  const notes = [
    ...before,
    ...(device.kind === 'software' ? [software('softwareTaken', device)] : []),
    ...tested.notes,
  ];
  const where = [device.name, device.driver].filter(Boolean).join(', ');
  const start = `WebGPU of ONNX Runtime ${tested.factory.onnxRuntimeVersion}${where && ` on ${where}`}, tested at start`;
  const reason = [start, ...notes.map(({ message }) => message)].join('; ');
  logger?.info(reason);
  return { factory: tested.factory, device, notes, reason };
}

/** The graphics processor, not tested yet, or why `auto` does not take it. */
export function likelyDevice(logger?: Logger, find = findGraphicsDevice): GraphicsDevice | RuntimeNote {
  try {
    const device = find();
    return device.kind === 'software' ? software('softwareLeft', device) : device;
  } catch (thrown) {
    return lackNote(thrown, logger);
  }
}

/**
 * Why a model runs on the processor for want of a device.
 * @throws what is not about the device
 */
export function lackNote(thrown: unknown, logger?: Logger): RuntimeNote {
  const { code, message, details = {} } = EngineError.from(thrown);
  logger?.warn(message);
  if (code === 'DEVICE_UNAVAILABLE') {
    const lack = (details.lack ?? 'failed') as RuntimeNoteCode;
    return { code: lack, message, details: { reason: String(details.reason ?? message) } };
  }
  // Whatever it was, the processor may do without.
  if (code === 'RUNTIME_FAILED' || code === 'OUT_OF_MEMORY')
    return { code: 'failed', message, details: { reason: message } };
  if (code === 'DEVICE_TOO_SMALL') {
    const { neededBytes, deviceBytes, device: name } = details;
    const bytes = { neededBytes: Number(neededBytes), deviceBytes: Number(deviceBytes) };
    return { code: 'tooSmall', message, details: { ...bytes, name: String(name) } };
  }
  throw thrown;
}

function software(code: 'softwareLeft' | 'softwareTaken', { name }: GraphicsDevice): RuntimeNote {
  const message =
    code === 'softwareLeft'
      ? `${name} only computes on the processor, which is quicker without it.`
      : `${name} computes on the processor, slower than without it`;
  return { code, message, details: { name } };
}
