import path from 'node:path';
import { EngineError } from '../errors.js';
import type { ElementType, GraphWeight } from '../onnx/graph-builder.js';
import { type MappedFile, mapFile } from './mapped-file.js';
import { callAsync, type Handle, HeldTogether, type OrtNative } from './ort-native.js';
import {
  type DeviceMemory,
  type DeviceTensor,
  type DeviceTraits,
  elementCount,
  float32Tensor,
  type SharedWeights,
  type TensorValues,
} from './session.js';

const DEVICE_MEMORY = 'WebGPU_Buf';
/** OrtAllocatorType. */
const DEVICE_ALLOCATOR = 0;

const ELEMENT_BYTES = { float32: 4, float16: 2, uint8: 1, int8: 1, int32: 4, int64: 8 } as const;

/** [source, target] of a copy, as native tensors. */
type CopyPair = readonly [from: bigint, to: bigint];

export class WebGpuMemory implements DeviceMemory {
  private readonly held = new HeldTogether();
  private readonly location: bigint;
  private readonly allocator: Handle;
  private readonly tensors = new Set<Handle>();
  bytesHeld = 0;
  /** Rows that were gathered last: keys and values of a layer ask for the same, often those of all layers. */
  private lastRows: { rows: Int32Array; tensor: DeviceTensor } | null = null;

  /** @param gathering sessions of `buildGatherRowsGraph`; the device's memory is taken through the one for float32 */
  constructor(
    private readonly native: OrtNative,
    private readonly gathering: Readonly<Record<DeviceTraits['type'], Handle>>,
    readonly traits: DeviceTraits,
  ) {
    const { ort } = native;
    for (const session of new Set(Object.values(gathering))) this.held.hold(session);
    const location = native.handle(
      (out) => ort.CreateMemoryInfo(DEVICE_MEMORY, DEVICE_ALLOCATOR, 0, 0, out),
      ort.ReleaseMemoryInfo,
    );
    this.location = this.held.hold(location);
    this.allocator = native.handle(
      (out) => ort.CreateAllocator(gathering.float32.address, this.location, out),
      ort.ReleaseAllocator,
    );
    this.held.hold(this.allocator);
  }

  tensor(dims: readonly number[], type: ElementType = this.traits.type): DeviceTensor {
    const value = this.native.tensorFrom(this.allocator, type, dims);
    this.tensors.add(value);
    const bytes = elementCount(dims) * ELEMENT_BYTES[type];
    this.bytesHeld += bytes;
    const release = () => {
      if (this.tensors.delete(value)) this.bytesHeld -= bytes;
      value.release();
    };
    return { type, dims, address: value.address, release };
  }

  gatherRows(source: DeviceTensor, rows: Int32Array<ArrayBuffer>, target: DeviceTensor): void {
    const { native } = this;
    const { ort } = native;
    const gathering = this.gathering[source.type === 'float16' ? 'float16' : 'float32'];
    const held = new HeldTogether();
    try {
      const binding = held.hold(
        native.handle((out) => ort.CreateIoBinding(gathering.address, out), ort.ReleaseIoBinding),
      );
      const options = held.hold(native.handle(ort.CreateRunOptions, ort.ReleaseRunOptions));
      native.check(ort.BindInput(binding, 'source', held.hold(this.asRows(source))));
      native.check(ort.BindInput(binding, 'index', this.broughtRows(rows)));
      native.check(ort.BindOutput(binding, 'target', held.hold(this.asRows(target))));
      native.check(ort.RunWithBinding(gathering.address, options, binding));
    } finally {
      held.release();
    }
  }

  write({ type, dims, address }: DeviceTensor, values: TensorValues): void {
    const value = this.native.tensorAt(values, values.byteLength, type, dims);
    try {
      this.copyAll([[value.address, address]]);
    } finally {
      value.release();
    }
  }

  copy(from: DeviceTensor, to: DeviceTensor): void {
    this.copyAll([[from.address, to.address]]);
  }

  async read({ type, dims, address }: DeviceTensor): Promise<Float32Array<ArrayBuffer>> {
    if (type !== 'float32') throw new EngineError('INTERNAL', `Only float32 is read back, not ${type}.`);
    const host = float32Tensor(dims);
    if (host.values.length === 0) return host.values;
    const value = this.native.tensorAt(host.values, host.values.byteLength, type, dims);
    try {
      await this.copyAllAsync([[address, value.address]]);
    } finally {
      value.release();
    }
    return host.values;
  }

  copyAll(pairs: readonly CopyPair[]): void {
    if (pairs.length > 0) this.native.check(this.native.ort.CopyTensors(...this.copyArguments(pairs)));
  }

  async copyAllAsync(pairs: readonly CopyPair[]): Promise<void> {
    if (pairs.length === 0) return;
    this.native.check(await callAsync(this.native.ort.CopyTensors, ...this.copyArguments(pairs)));
  }

  /** A tensor over the same memory, taken from the start, of other dimensions; the memory must outlive it. */
  view({ address, type }: Pick<DeviceTensor, 'address' | 'type'>, dims: readonly number[]): Handle {
    const buffer = this.native.make((out) => this.native.ort.GetTensorMutableData(address, out));
    return this.native.tensorAt(buffer, elementCount(dims) * ELEMENT_BYTES[type], type, dims, this.location);
  }

  release(): void {
    // Also those of an answer that was left in its middle: they must not outlive what they were taken from.
    for (const tensor of this.tensors) tensor.release();
    this.tensors.clear();
    this.held.release();
  }

  private broughtRows(rows: Int32Array): bigint {
    const last = this.lastRows;
    const isSame = last?.rows.length === rows.length && last.rows.every((row, i) => row === rows[i]);
    if (isSame) return last.tensor.address;
    last?.tensor.release();
    const tensor = this.tensor([rows.length], 'int32');
    this.lastRows = { rows, tensor };
    this.write(tensor, rows);
    return tensor.address;
  }

  private asRows(tensor: DeviceTensor): Handle {
    const width = tensor.dims[tensor.dims.length - 1];
    return this.view(tensor, [elementCount(tensor.dims) / width, width]);
  }

  private copyArguments(pairs: readonly CopyPair[]): [bigint, BigUint64Array, BigUint64Array, null, number] {
    const [from, to] = [pairs.map(([source]) => source), pairs.map(([, target]) => target)];
    return [this.native.env, BigUint64Array.from(from), BigUint64Array.from(to), null, pairs.length];
  }
}

/** The weights of a model on a device, each brought there once for all sessions. */
export class DeviceWeights implements SharedWeights {
  readonly folder: string;
  private readonly file: MappedFile;
  private readonly values = new Map<string, Handle[]>();

  constructor(
    filePath: string,
    private readonly native: OrtNative,
    private readonly device: WebGpuMemory,
  ) {
    this.folder = path.dirname(filePath);
    this.file = mapFile(filePath);
  }

  /** Null: a graph takes it in another form than it is stored in, which each session makes for itself. */
  value(weight: GraphWeight): bigint | null {
    if (weight.type === 'float32' && this.device.traits.type !== 'float32') return null;
    const made = this.values.get(weight.name) ?? this.bring(weight);
    this.values.set(weight.name, made);
    return made[made.length - 1].address;
  }

  release(): void {
    for (const held of this.values.values()) for (const value of held.reverse()) value.release();
    this.file.release();
  }

  /** → the tensor, and a view of it: ORT shares only what it does not own. */
  private bring({ type, shape, range }: GraphWeight): Handle[] {
    const { native, device } = this;
    const source = native.tensorAt(this.file.address + BigInt(range.offset), range.length, type, shape);
    const target = device.tensor(shape, type);
    try {
      device.copyAll([[source.address, target.address]]);
    } finally {
      source.release();
    }
    return [{ ...target }, device.view(target, shape)];
  }
}
