import { EngineError } from '../../errors.js';
import type { ElementType, Graph } from '../../onnx/graph-builder.js';

export type TensorValues = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

/** A tensor over memory that the caller owns and keeps; nothing is copied when it is bound. */
export interface Tensor {
  type: ElementType;
  dims: readonly number[];
  /** Row-major; its length is the product of `dims`. */
  values: TensorValues;
}

/** A tensor in the memory of a device. Only sessions of the factory that made it take it; it is read back by `DeviceMemory`. */
export interface DeviceTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Of the native tensor. */
  readonly address: bigint;
  /** No run that is bound to it may run any more. */
  release(): void;
}

export type AnyTensor = Tensor | DeviceTensor;

export function isHost(tensor: AnyTensor): tensor is Tensor {
  return 'values' in tensor;
}

/** @throws EngineError INTERNAL for a tensor of a device */
export function hostValues(tensor: AnyTensor): TensorValues {
  if (isHost(tensor)) return tensor.values;
  throw new EngineError('INTERNAL', 'A tensor of a device cannot be read in place.');
}

/** One set of inputs and outputs, bound once and run many times: write the inputs' values, run, read the outputs'. */
export interface BoundRun {
  /**
   * Resolves when all outputs are written; those on a device may still be to come, before whatever else is asked of it.
   * One run of a session at a time. Rejects with RUNTIME_FAILED or OUT_OF_MEMORY.
   */
  run(): Promise<void>;
  /** Nothing runs after it; memory that a run under way needs is freed at that run's end. */
  release(): void;
}

/** A loaded graph. Two implementations, equal to the bit: OrtCApi (C API) and OrtBinding (onnxruntime-node's own). */
export interface Session {
  /**
   * Every input and every output of the graph must be given. A tensor may be input and output at once: the graph then
   * changes it in place.
   */
  bind(inputs: Readonly<Record<string, AnyTensor>>, outputs: Readonly<Record<string, AnyTensor>>): BoundRun;
  /** Waits for the run under way, if there is one. */
  release(): Promise<void>;
}

/** The weights file of one model, opened once for all of its sessions. */
export interface SharedWeights {
  /** Folder of the file. */
  readonly folder: string;
  /** After the last session that uses them was released. */
  release(): void;
}

export interface SessionOptions {
  /** Absent for graphs without weights. */
  weights?: SharedWeights;
  /** On a device that can: a bound run is recorded once and replayed. It must not read what it writes. */
  capture?: boolean;
  /** Its products are not fused with the rounding before them: kernels then use weights as other sessions repacked them. */
  sharesRepacked?: boolean;
}

/** What was found out about a device before a model is loaded. */
export interface DeviceTraits {
  /** Of weights' scales, of K/V and of what lies between layers. */
  type: 'float32' | 'float16';
  /** GroupQueryAttention is right for several tokens at once. */
  fusedAttention: boolean;
  graphCapture: boolean;
}

/** Memory of a device. What is asked of it happens in the order of the calls. */
export interface DeviceMemory {
  readonly traits: DeviceTraits;
  /** Of its tensors. */
  readonly bytesHeld: number;
  /** Holds anything, even what is not a number. @throws EngineError OUT_OF_MEMORY, RUNTIME_FAILED */
  tensor(dims: readonly number[], type?: ElementType): DeviceTensor;
  /** Rows of the last dimension, of tensors of float16 or float32: `target` gets those of `source` with these numbers. */
  gatherRows(source: DeviceTensor, rows: Int32Array, target: DeviceTensor): void;
  /** float32 values that are asked for again and again: valid until many others were. */
  constant(values: Float32Array<ArrayBuffer>, dims: readonly number[]): DeviceTensor;
  /** Of the tensor's type, as many as it has. */
  write(tensor: DeviceTensor, values: TensorValues): void;
  /** Makes all of it 0. */
  clear(tensor: DeviceTensor): void;
  /** Between tensors of one size. */
  copy(from: DeviceTensor, to: DeviceTensor): void;
  /** A float32 tensor's values. */
  read(tensor: DeviceTensor): Promise<Float32Array<ArrayBuffer>>;
  /** Of several, on one way. */
  readAll(tensors: readonly DeviceTensor[]): Promise<Float32Array<ArrayBuffer>[]>;
  /** float32 tensors one behind the other, as one of one dimension. */
  joined(tensors: readonly DeviceTensor[]): Promise<DeviceTensor>;
}

/** One of the two ways to ONNX Runtime. */
export interface SessionFactory {
  readonly implementation: 'c-api' | 'binding';
  readonly onnxRuntimeVersion: string;
  /** Threads that a run uses. */
  readonly threads: number;
  /** Absent: sessions run on the processor, on tensors in our memory. */
  readonly device?: DeviceMemory;
  /** `path` of the weights file that `Graph.weights` point into. */
  openWeights(path: string): SharedWeights;
  create(graph: Graph, options?: SessionOptions): Promise<Session>;
  /** Of a device, once its sessions and tensors were released. */
  release?(): void;
}

/** Binds, runs and releases. */
export async function runOnce(
  session: Session,
  inputs: Readonly<Record<string, AnyTensor>>,
  outputs: Readonly<Record<string, AnyTensor>>,
): Promise<void> {
  const bound = session.bind(inputs, outputs);
  try {
    await bound.run();
  } finally {
    bound.release();
  }
}

export type Float32Tensor = Omit<Tensor, 'values'> & { values: Float32Array<ArrayBuffer> };
export type Int8Tensor = Omit<Tensor, 'values'> & { values: Int8Array<ArrayBuffer> };
export type Int32Tensor = Omit<Tensor, 'values'> & { values: Int32Array<ArrayBuffer> };

/** Memory outside V8's movable heap, so that its address stays what native code was told. */
export function float32Tensor(dims: readonly number[]): Float32Tensor {
  return { type: 'float32', dims, values: new Float32Array(new ArrayBuffer(4 * elementCount(dims))) };
}

export function int8Tensor(dims: readonly number[]): Int8Tensor {
  return { type: 'int8', dims, values: new Int8Array(new ArrayBuffer(elementCount(dims))) };
}

export function int32Tensor(dims: readonly number[]): Int32Tensor {
  return { type: 'int32', dims, values: new Int32Array(new ArrayBuffer(4 * elementCount(dims))) };
}

/** One number, as a length or a place is given to a graph. */
export function int64Tensor(value: number): Omit<Tensor, 'values'> & { values: BigInt64Array<ArrayBuffer> } {
  const values = new BigInt64Array(new ArrayBuffer(8));
  values[0] = BigInt(value);
  return { type: 'int64', dims: [1], values };
}

/** Elements of a tensor of these dimensions. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((size, length) => size * length, 1);
}
