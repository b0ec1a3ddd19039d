import type { Graph } from '../../onnx/graph-builder.js';
import { buildGatherRowsGraph } from '../../onnx/row-graphs.js';
import { boundRun } from '../ort/bound-run.js';
import { callAsync, type Handle, HeldTogether, OrtNative, pointerCell } from '../ort/ort-native.js';
import {
  type AnyTensor,
  type BoundRun,
  type DeviceTensor,
  type DeviceTraits,
  isHost,
  type Session,
  type SessionFactory,
  type SessionOptions,
  type SharedWeights,
  type Tensor,
} from '../ort/session.js';
import { Pace } from '../pace.js';
import { WebGpuMemory } from './webgpu-memory.js';
import { DeviceWeights } from './webgpu-weights.js';

const PROVIDER = 'WebGPU';
const WEIGHTS_FOLDER_KEY = 'session.model_external_initializers_file_folder_path';
const GRAPH_ID_KEY = 'gpu_graph_id';
/** Dispatches that are handed over together; of 16 to 512 the fastest in runs of one token. */
const PENDING_DISPATCHES = '32';

type Named = Readonly<Record<string, AnyTensor>>;

/**
 * ONNX Runtime's WebGPU execution provider through the C API: weights, K/V and what lies between layers stay in the
 * device's memory, and a run that is captured is replayed without going through its nodes again.
 */
export class OrtWebGpu implements SessionFactory {
  readonly implementation = 'c-api';
  readonly onnxRuntimeVersion: string;
  readonly threads: number;
  /** Captured runs so far: each is known to ONNX Runtime by a number of its own. */
  private captures = 0;
  private readonly pace: Pace;

  private constructor(
    private readonly native: OrtNative,
    readonly device: WebGpuMemory,
  ) {
    this.onnxRuntimeVersion = native.ort.version;
    this.threads = native.threads;
    // What is read last has been computed last.
    const probe = device.tensor([1], 'float32');
    this.pace = new Pace(() => device.read(probe));
  }

  /** @throws EngineError RUNTIME_FAILED where there is no device, or its driver does not do */
  static async create(threads: number, traits: DeviceTraits): Promise<OrtWebGpu> {
    const native = new OrtNative(threads);
    const open = (graph: Graph) => createSession(native, graph, {}, null);
    const float32 = await open(buildGatherRowsGraph('float32'));
    const float16 = traits.type === 'float16' ? await open(buildGatherRowsGraph('float16')) : float32;
    return new OrtWebGpu(native, new WebGpuMemory(native, { float32, float16 }, open, traits));
  }

  openWeights(filePath: string): SharedWeights {
    return new DeviceWeights(filePath, this.native, this.device);
  }

  async create(graph: Graph, { weights, capture = false }: SessionOptions = {}): Promise<Session> {
    const { native } = this;
    const captured = capture && this.device.traits.graphCapture;
    const options: Record<string, string> = captured ? { enableGraphCapture: '1' } : {};
    const session = await createSession(native, graph, options, weights instanceof DeviceWeights ? weights : null);
    const runs = new Set<Promise<void>>();
    return {
      bind: (inputs, outputs) =>
        captured ? this.bindCaptured(session, runs, inputs, outputs) : this.bindPlain(session, runs, inputs, outputs),
      release: async () => {
        await Promise.allSettled(runs);
        session.release();
      },
    };
  }

  /** Whether an option of the execution provider is refused with this value: else it does not arrive there. */
  async refusesOption(name: string, value: string): Promise<boolean> {
    try {
      const session = await createSession(this.native, buildGatherRowsGraph('float32'), { [name]: value }, null);
      session.release();
      return false;
    } catch {
      return true;
    }
  }

  /** Sessions must have been released. */
  release(): void {
    this.device.release();
  }

  /** ORT itself copies what lies in our memory, at each run: when it is bound, it is copied once and for all. */
  private bindPlain(session: Handle, runs: Set<Promise<void>>, inputs: Named, outputs: Named): BoundRun {
    const { native } = this;
    const { ort } = native;
    const held = new HeldTogether();
    try {
      const options = held.hold(native.handle(ort.CreateRunOptions, ort.ReleaseRunOptions));
      const binding = held.hold(
        native.handle((out) => ort.CreateIoBinding(session.address, out), ort.ReleaseIoBinding),
      );
      const values = new BoundValues(native, held);
      for (const [name, tensor] of Object.entries(outputs))
        native.check(ort.BindOutput(binding, name, values.of(tensor)));
      const bindInputs = (which: (tensor: AnyTensor) => boolean) => {
        for (const [name, tensor] of Object.entries(inputs)) {
          if (which(tensor)) native.check(ort.BindInput(binding, name, values.of(tensor)));
        }
      };
      bindInputs((tensor) => !isHost(tensor));
      const waits = Object.values(outputs).some(isHost);
      const execute = async () => {
        this.device.flush();
        bindInputs(isHost);
        if (waits) {
          native.check(await callAsync(ort.RunWithBinding, session.address, options, binding));
          return;
        }
        // Only hands over, which takes less time than having another thread do it.
        this.pace.begin();
        native.check(ort.RunWithBinding(session.address, options, binding));
        await this.pace.end();
      };
      return boundRun(execute, () => held.release(), runs);
    } catch (error) {
      held.release();
      throw error;
    }
  }

  /** A replay knows only tensors of the device: what lies in our memory has a twin there, copied before or after. */
  private bindCaptured(session: Handle, runs: Set<Promise<void>>, inputs: Named, outputs: Named): BoundRun {
    const { native } = this;
    const { ort } = native;
    const held = new HeldTogether();
    try {
      const options = held.hold(native.handle(ort.CreateRunOptions, ort.ReleaseRunOptions));
      this.captures++;
      native.check(ort.AddRunConfigEntry(options, GRAPH_ID_KEY, String(this.captures)));
      const binding = held.hold(
        native.handle((out) => ort.CreateIoBinding(session.address, out), ort.ReleaseIoBinding),
      );
      const values = new BoundValues(native, held);
      const twins = new Map<Tensor, DeviceTensor>();
      const onDevice = (tensor: AnyTensor) => {
        if (!isHost(tensor)) return tensor.address;
        const twin = twins.get(tensor) ?? this.device.tensor(tensor.dims, tensor.type);
        if (!twins.has(tensor)) held.hold(twin);
        twins.set(tensor, twin);
        return twin.address;
      };
      for (const [name, tensor] of Object.entries(inputs)) native.check(ort.BindInput(binding, name, onDevice(tensor)));
      for (const [name, tensor] of Object.entries(outputs))
        native.check(ort.BindOutput(binding, name, onDevice(tensor)));
      const pairs = (named: Named) =>
        Object.values(named).flatMap((tensor) =>
          isHost(tensor) ? [[values.of(tensor), onDevice(tensor)] as const] : [],
        );
      const [up, down] = [pairs(inputs), pairs(outputs)];
      const execute = async () => {
        this.device.copyAll(up);
        // Only hands over; the copy back waits. The run that captures executes more than once: no matter, since a step
        // reads nothing that it writes.
        native.check(ort.RunWithBinding(session.address, options, binding));
        await this.device.copyAllAsync(down.map(([host, twin]) => [twin, host]));
      };
      return boundRun(execute, () => held.release(), runs);
    } catch (error) {
      held.release();
      throw error;
    }
  }
}

async function createSession(
  native: OrtNative,
  { bytes, weights }: Graph,
  providerOptions: Readonly<Record<string, string>>,
  shared: DeviceWeights | null,
): Promise<Handle> {
  const { ort } = native;
  const made = native.sessionOptions(shared ? { [WEIGHTS_FOLDER_KEY]: shared.folder } : {});
  try {
    appendProvider(native, made.address, {
      enableInt64: '1',
      maxNumPendingDispatches: PENDING_DISPATCHES,
      ...providerOptions,
    });
    if (shared) {
      for (const weight of weights) {
        const value = shared.value(weight);
        if (value) native.check(ort.AddInitializer(made.address, weight.name, value));
      }
    }
    const out = pointerCell();
    const create = ort.CreateSessionFromArrayWithPrepackedWeightsContainer;
    native.check(await callAsync(create, native.env, bytes, bytes.byteLength, made.address, null, out));
    return native.owned(out[0], ort.ReleaseSession);
  } finally {
    made.release();
  }
}

function appendProvider(native: OrtNative, options: bigint, entries: Readonly<Record<string, string>>): void {
  const append = native.ort.SessionOptionsAppendExecutionProvider;
  const count = Object.keys(entries).length;
  native.check(append(options, PROVIDER, Object.keys(entries), Object.values(entries), count));
}

/** ORT's values over our memory, one a tensor. */
class BoundValues {
  private readonly values = new Map<AnyTensor, bigint>();

  constructor(
    private readonly native: OrtNative,
    private readonly held: HeldTogether,
  ) {}

  of(tensor: AnyTensor): bigint {
    if (!isHost(tensor)) return tensor.address;
    const { values, type, dims } = tensor;
    const address =
      this.values.get(tensor) ?? this.held.hold(this.native.tensorAt(values, values.byteLength, type, dims));
    this.values.set(tensor, address);
    return address;
  }
}
