import { EngineError } from '../../errors.js';
import type { ElementType, Graph } from '../../onnx/graph-builder.js';
import { buildJoinGraph } from '../../onnx/row-graphs.js';
import { callAsync, type Handle, HeldTogether, type OrtNative } from '../ort/ort-native.js';
import {
  type DeviceMemory,
  type DeviceTensor,
  type DeviceTraits,
  elementCount,
  float32Tensor,
  int64Tensor,
  type TensorValues,
} from '../ort/session.js';
import { allOrNone } from './all-or-none.js';
import { DeviceConstants } from './device-constants.js';
import { DevicePool } from './device-pool.js';
import { QueuedMoves } from './queued-moves.js';

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
  bytesHeld = 0;
  private readonly pool: DevicePool;
  /** Apart: what is brought while moves are still to be made must not lie where they read from. */
  private readonly constantPool: DevicePool;
  private readonly moves: QueuedMoves;
  private readonly constants: DeviceConstants;
  private readonly tensors = new Set<DeviceTensor>();
  /** As many as were asked for last: those of one model's cache are of one size. */
  private zeros: { bytes: number; tensor: DeviceTensor } | null = null;
  /** By the number of parts. */
  private readonly joining = new Map<number, Handle>();

  /**
   * @param gathering sessions of `buildGatherRowsGraph`; the device's memory is taken through the one for float32
   * @param open a session for a graph without weights
   */
  constructor(
    private readonly native: OrtNative,
    private readonly gathering: Readonly<Record<DeviceTraits['type'], Handle>>,
    private readonly open: (graph: Graph) => Promise<Handle>,
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
    const make = (bytes: number) => native.tensorFrom(this.allocator, 'uint8', [bytes]);
    this.moves = new QueuedMoves({
      bring: (places) => this.constant(places, [places.length]),
      gather: (source, places, from, to, target) => this.gather(source, places, { from, to }, target),
      copy: (from, to) => this.copyAll([[from.address, to.address]]),
    });
    this.pool = new DevicePool(make, this.moves);
    this.constantPool = new DevicePool(make, this.moves);
    this.constants = new DeviceConstants((values, dims) => this.written(this.constantPool, dims, 'float32', values));
  }

  /** Tensors that nobody has in use. */
  get idleTensors(): number {
    return this.pool.idleBuffers + this.constantPool.idleBuffers;
  }

  tensor(dims: readonly number[], type: ElementType = this.traits.type): DeviceTensor {
    return this.tensorFrom(this.pool, dims, type);
  }

  /** Not from the pool, and as large as it must be. */
  ownTensor(dims: readonly number[], type: ElementType): Handle {
    const made = this.native.tensorFrom(this.allocator, type, dims);
    const bytes = elementCount(dims) * ELEMENT_BYTES[type];
    this.bytesHeld += bytes;
    let released = false;
    return {
      address: made.address,
      release: () => {
        if (!released) this.bytesHeld -= bytes;
        released = true;
        made.release();
      },
    };
  }

  gatherRows(source: DeviceTensor, rows: Int32Array, target: DeviceTensor): void {
    this.moves.gather(source, rows, target);
  }

  copy(from: DeviceTensor, to: DeviceTensor): void {
    this.moves.copy(from, to);
  }

  clear(tensor: DeviceTensor): void {
    const bytes = elementCount(tensor.dims) * ELEMENT_BYTES[tensor.type];
    if (this.zeros?.bytes !== bytes) {
      this.zeros?.tensor.release();
      this.zeros = null;
      this.zeros = { bytes, tensor: this.written(this.pool, [bytes], 'uint8', new Uint8Array(new ArrayBuffer(bytes))) };
    }
    this.copy(this.zeros.tensor, tensor);
  }

  /** Hands over what has only been queued: before anything else is asked of the device. */
  flush(): void {
    this.moves.flush();
  }

  constant(values: Float32Array<ArrayBuffer>, dims: readonly number[]): DeviceTensor {
    return this.constants.of(values, dims);
  }

  write({ type, dims, address }: DeviceTensor, values: TensorValues): void {
    const value = this.native.tensorAt(values, values.byteLength, type, dims);
    try {
      this.copyAll([[value.address, address]]);
    } finally {
      value.release();
    }
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

  async readAll(tensors: readonly DeviceTensor[]): Promise<Float32Array<ArrayBuffer>[]> {
    if (tensors.length < 2) return Promise.all(tensors.map((tensor) => this.read(tensor)));
    const joined = await this.joined(tensors);
    try {
      const all = await this.read(joined);
      let from = 0;
      return tensors.map(({ dims }) => {
        const to = from + elementCount(dims);
        const part = all.subarray(from, to);
        from = to;
        return part;
      });
    } finally {
      joined.release();
    }
  }

  async joined(tensors: readonly DeviceTensor[]): Promise<DeviceTensor> {
    const session = this.joining.get(tensors.length) ?? this.held.keep(await this.open(buildJoinGraph(tensors.length)));
    this.joining.set(tensors.length, session);
    const counts = tensors.map(({ dims }) => elementCount(dims));
    return allOrNone((hold) => {
      const joined = hold(this.tensor([counts.reduce((sum, count) => sum + count, 0)], 'float32'));
      this.runOnce(session, (bind, own) => {
        tensors.forEach(({ address }, i) => {
          bind.input(`part.${i}`, own(this.view(this.bufferOf(address), 'float32', [counts[i]])));
        });
        bind.output('joined', joined.address);
      });
      return joined;
    });
  }

  copyAll(pairs: readonly CopyPair[]): void {
    this.flush();
    if (pairs.length > 0) this.native.check(this.native.ort.CopyTensors(...this.copyArguments(pairs)));
  }

  async copyAllAsync(pairs: readonly CopyPair[]): Promise<void> {
    this.flush();
    if (pairs.length === 0) return;
    this.native.check(await callAsync(this.native.ort.CopyTensors, ...this.copyArguments(pairs)));
  }

  bufferOf(address: bigint): bigint {
    return this.native.make((out) => this.native.ort.GetTensorMutableData(address, out));
  }

  /** A tensor over a buffer, taken from the start; the buffer must outlive it. */
  view(buffer: bigint, type: ElementType, dims: readonly number[]): Handle {
    return this.native.tensorAt(buffer, elementCount(dims) * ELEMENT_BYTES[type], type, dims, this.location);
  }

  release(): void {
    this.moves.end();
    this.constants.release();
    // Also those of an answer that was left in its middle: they must not outlive what they were taken from.
    for (const tensor of this.tensors) tensor.release();
    this.pool.release();
    this.constantPool.release();
    this.held.release();
  }

  private tensorFrom(pool: DevicePool, dims: readonly number[], type: ElementType): DeviceTensor {
    const bytes = elementCount(dims) * ELEMENT_BYTES[type];
    const [room, value] = allOrNone((hold) => {
      const taken = hold(pool.take(bytes));
      return [taken, this.view(this.bufferOf(taken.address), type, dims)];
    });
    this.bytesHeld += bytes;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.bytesHeld -= bytes;
      this.tensors.delete(tensor);
      this.moves.release(() => value.release());
      room.release();
    };
    const tensor = { type, dims, address: value.address, release };
    this.tensors.add(tensor);
    return tensor;
  }

  private written(pool: DevicePool, dims: readonly number[], type: ElementType, values: TensorValues): DeviceTensor {
    return allOrNone((hold) => {
      const tensor = hold(this.tensorFrom(pool, dims, type));
      this.write(tensor, values);
      return tensor;
    });
  }

  private gather(
    source: DeviceTensor,
    places: DeviceTensor,
    { from, to }: { from: number; to: number },
    target: DeviceTensor,
  ): void {
    const [first, end] = [int64Tensor(from).values, int64Tensor(to).values];
    this.runOnce(this.gathering[source.type === 'float16' ? 'float16' : 'float32'], (bind, hold) => {
      bind.input('source', hold(this.asRows(source)));
      bind.input('places', places.address);
      bind.input('from', hold(this.native.tensorAt(first, first.byteLength, 'int64', [1])));
      bind.input('to', hold(this.native.tensorAt(end, end.byteLength, 'int64', [1])));
      bind.output('target', hold(this.asRows(target)));
    });
  }

  /** Binds, hands over and releases. */
  private runOnce(
    session: Handle,
    bindAll: (
      bind: Record<'input' | 'output', (name: string, value: bigint) => void>,
      hold: (handle: Handle) => bigint,
    ) => void,
  ): void {
    const { native } = this;
    const { ort } = native;
    this.flush();
    const held = new HeldTogether();
    try {
      const binding = held.hold(
        native.handle((out) => ort.CreateIoBinding(session.address, out), ort.ReleaseIoBinding),
      );
      const options = held.hold(native.handle(ort.CreateRunOptions, ort.ReleaseRunOptions));
      bindAll(
        {
          input: (name, value) => native.check(ort.BindInput(binding, name, value)),
          output: (name, value) => native.check(ort.BindOutput(binding, name, value)),
        },
        (handle) => held.hold(handle),
      );
      native.check(ort.RunWithBinding(session.address, options, binding));
    } finally {
      held.release();
    }
  }

  private asRows({ dims, type, address }: DeviceTensor): Handle {
    const width = dims[dims.length - 1];
    return this.view(this.bufferOf(address), type, [elementCount(dims) / width, width]);
  }

  private copyArguments(pairs: readonly CopyPair[]): [bigint, BigUint64Array, BigUint64Array, null, number] {
    const [from, to] = [pairs.map(([source]) => source), pairs.map(([, target]) => target)];
    return [this.native.env, BigUint64Array.from(from), BigUint64Array.from(to), null, pairs.length];
  }
}
