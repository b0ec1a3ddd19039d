import type { Precision } from './types.js';

/** Where a model runs: on the graphics processor, on the processor, or on the one that was measured to be quicker. */
export type DeviceChoice = 'auto' | 'cpu' | 'webgpu';

/** A graphics processor, or what stands for one. */
export interface GraphicsDevice {
  /** Empty: the system does not say. */
  name: string;
  /** `software`: it computes on the processor. */
  kind: 'discrete' | 'integrated' | 'software' | 'other';
  backend: 'Vulkan' | 'Direct3D 12' | 'Metal';
  /** Name and version; empty: the system does not say. */
  driver: string;
  /** Of its own, or set apart for it; null: the system does not say. */
  memoryBytes: number | null;
}

/** Why a model does not run on a device, or not as fast as it could. */
export type RuntimeNoteCode =
  /** The device cannot be used: its driver is missing or too old, it can do too little, or it failed. */
  | 'noDriver'
  | 'driverTooOld'
  | 'limitsTooSmall'
  | 'failed'
  /** It was lost, or brought the engine down, more than once. */
  | 'lost'
  /** It only computes on the processor: not taken by itself, or slow where it was asked for. */
  | 'softwareLeft'
  | 'softwareTaken'
  /** The model is too big for it. */
  | 'tooSmall'
  /** Both were measured with this model, and one was the quicker one. */
  | 'processorQuicker'
  | 'deviceQuicker'
  /** What of the device is not used. */
  | 'noFloat16'
  | 'noFusedAttention'
  | 'noCapture';

export interface RuntimeNote {
  code: RuntimeNoteCode;
  /** In English, for the log. */
  message: string;
  /** For words in another language. */
  details: Readonly<Record<string, string | number>>;
}

export interface RuntimeInfo {
  executionProvider: 'cpu' | 'webgpu';
  /** As it was asked for. */
  deviceChoice: DeviceChoice;
  /** It runs on this one. */
  device?: GraphicsDevice;
  /** Empty: it runs as fast as it can where it was asked to. */
  notes: readonly RuntimeNote[];
  /** On a device: the type that it computes in, and K/V with it. */
  deviceType?: 'float16' | 'float32';
  /** Which of the two session implementations runs, and why; on a device also what of it is not used. */
  implementation: 'c-api' | 'binding';
  reason: string;
  onnxRuntimeVersion: string;
  threads: number;
  precision: Precision;
  /** Tokens of context that the model runs with; ModelInfo says how many it could have. */
  contextLength: number;
  /** The model's template has a place for a system message. Where it has none, that stands before the first question. */
  takesSystemMessages: boolean;
}
