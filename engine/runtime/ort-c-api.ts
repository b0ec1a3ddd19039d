import path from 'node:path';
import { EngineError } from '../errors.js';
import type { Graph, GraphWeight } from '../onnx/graph-builder.js';
import { boundRun } from './bound-run.js';
import { type MappedFile, mapFile } from './mapped-file.js';
import { runtimeError } from './ort-error.js';
import { loadOrtFunctions, type OrtFunctions } from './ort-functions.js';
import type { BoundRun, Session, SessionFactory, SessionOptions, SharedWeights, Tensor } from './session.js';

/** ONNXTensorElementDataType. */
const ELEMENT_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
/** OrtLoggingLevel: ORT writes to stderr, and what fails comes back as a status with the same words. */
const LOG_FATAL_ONLY = 4;
const OPTIMIZE_ALL = 99;
/** OrtAllocatorType. */
const ALLOCATOR = { device: 0, arena: 1 } as const;
const WEIGHTS_FOLDER_KEY = 'session.model_external_initializers_file_folder_path';
const SHARED_ALLOCATOR_KEY = 'session.use_env_allocators';
/** Between two times that pages of weights are given back: at the speed of memory, some tens of MB. */
const TRIM_EVERY_MS = 10;

/** Native objects made and not yet released; a test asserts that it returns to where it was. */
let liveObjects = 0;
export const liveNativeObjects = () => liveObjects;

/** A native object and the one way to release it. */
interface Handle {
  readonly address: bigint;
  release(): void;
}

/** One of each a process, never released: ORT's own threads use them to the end. */
let shared: { env: bigint; cpuMemory: bigint; threads: number } | undefined;

/**
 * ONNX Runtime through its C API, on the library that onnxruntime-node carries. Unlike that package's own API it writes
 * K/V in place over our ArrayBuffers and copies nothing back, and its sessions share threads, working memory and weights,
 * also as the kernels repack them: so many sessions cost little more than one.
 */
export class OrtCApi implements SessionFactory {
  readonly implementation = 'c-api';
  readonly onnxRuntimeVersion: string;
  readonly threads: number;
  private readonly ort: OrtFunctions;
  private readonly env: bigint;
  private readonly cpuMemory: bigint;

  /**
   * `threads`: of the whole process; the first call decides. Throws RUNTIME_UNAVAILABLE, or koffi's error, where the
   * library cannot be loaded.
   */
  constructor(threads: number) {
    this.ort = loadOrtFunctions();
    this.onnxRuntimeVersion = this.ort.version;
    shared ??= this.makeShared(threads);
    ({ env: this.env, cpuMemory: this.cpuMemory, threads: this.threads } = shared);
  }

  openWeights(path: string): SharedWeights {
    return new MappedWeights(
      path,
      this,
      this.handle(this.ort.CreatePrepackedWeightsContainer, this.ort.ReleasePrepackedWeightsContainer),
    );
  }

  async create({ bytes, weights }: Graph, options: SessionOptions = {}): Promise<Session> {
    const { ort } = this;
    const made = this.handle(ort.CreateSessionOptions, ort.ReleaseSessionOptions);
    try {
      this.check(ort.SetSessionLogSeverityLevel(made.address, LOG_FATAL_ONLY));
      this.check(ort.SetSessionGraphOptimizationLevel(made.address, OPTIMIZE_ALL));
      this.check(ort.DisablePerSessionThreads(made.address));
      this.check(ort.AddSessionConfigEntry(made.address, SHARED_ALLOCATOR_KEY, '1'));
      const mapped = options.weights instanceof MappedWeights ? options.weights : null;
      if (mapped) {
        this.check(ort.AddSessionConfigEntry(made.address, WEIGHTS_FOLDER_KEY, mapped.folder));
        for (const weight of weights) this.check(ort.AddInitializer(made.address, weight.name, mapped.value(weight)));
      }
      const out = pointerCell();
      const container = mapped?.prepacked.address ?? null;
      const create = ort.CreateSessionFromArrayWithPrepackedWeightsContainer;
      const creation = callAsync(create, this.env, bytes, bytes.byteLength, made.address, container, out);
      this.check(await (mapped ? mapped.keptSmall(creation) : creation));
      return this.session(this.owned(out[0], ort.ReleaseSession));
    } finally {
      made.release();
    }
  }

  /** A tensor over memory that somebody else keeps. */
  tensorAt(
    memory: bigint | NodeJS.TypedArray,
    byteLength: number,
    type: Tensor['type'],
    shape: readonly number[],
  ): Handle {
    const dims = BigInt64Array.from(shape, BigInt);
    const { CreateTensorWithDataAsOrtValue, ReleaseValue } = this.ort;
    const elementType = ELEMENT_TYPE[type];
    return this.handle(
      (out) => CreateTensorWithDataAsOrtValue(this.cpuMemory, memory, byteLength, dims, dims.length, elementType, out),
      ReleaseValue,
    );
  }

  private makeShared(threads: number) {
    const { ort } = this;
    const pools = this.handle(ort.CreateThreadingOptions, ort.ReleaseThreadingOptions);
    this.check(ort.SetGlobalIntraOpNumThreads(pools.address, threads));
    const env = this.make((out) =>
      ort.CreateEnvWithGlobalThreadPools(LOG_FATAL_ONLY, 'pyramid-chat', pools.address, out),
    );
    pools.release();
    const memoryOf = (allocator: number) => this.make((out) => ort.CreateMemoryInfo('Cpu', allocator, 0, 0, out));
    this.check(ort.CreateAndRegisterAllocator(env, memoryOf(ALLOCATOR.arena), null));
    return { env, cpuMemory: memoryOf(ALLOCATOR.device), threads };
  }

  private session(native: Handle): Session {
    const runs = new Set<Promise<void>>();
    return {
      bind: (inputs, outputs) => this.bind(native, runs, inputs, outputs),
      release: async () => {
        // Under a run it would never return: it waits for threads that the run holds.
        await Promise.allSettled(runs);
        native.release();
      },
    };
  }

  /** @param runs of the session, under way */
  private bind(
    session: Handle,
    runs: Set<Promise<void>>,
    inputs: Readonly<Record<string, Tensor>>,
    outputs: Readonly<Record<string, Tensor>>,
  ): BoundRun {
    const { ort } = this;
    const held: Handle[] = [];
    const hold = (handle: Handle) => {
      held.push(handle);
      return handle.address;
    };
    const releaseHeld = () => {
      for (const handle of held.splice(0).reverse()) handle.release();
    };
    try {
      const runOptions = hold(this.handle(ort.CreateRunOptions, ort.ReleaseRunOptions));
      const binding = hold(this.handle((out) => ort.CreateIoBinding(session.address, out), ort.ReleaseIoBinding));
      const values = new Map<Tensor, bigint>();
      const ortValue = (tensor: Tensor) => {
        const address =
          values.get(tensor) ?? hold(this.tensorAt(tensor.values, tensor.values.byteLength, tensor.type, tensor.dims));
        values.set(tensor, address);
        return address;
      };
      for (const [name, tensor] of Object.entries(inputs)) this.check(ort.BindInput(binding, name, ortValue(tensor)));
      for (const [name, tensor] of Object.entries(outputs)) this.check(ort.BindOutput(binding, name, ortValue(tensor)));
      const execute = async () => {
        // `values` is named so that the tensors' memory lives as long as the run may be called: ORT holds none of it.
        if (values.size === 0) throw new EngineError('INTERNAL', 'Nothing is bound.');
        this.check(await callAsync(ort.RunWithBinding, session.address, runOptions, binding));
      };
      return boundRun(execute, releaseHeld, runs);
    } catch (error) {
      releaseHeld();
      throw error;
    }
  }

  private handle(create: (out: BigUint64Array) => unknown, destroy: (address: bigint) => unknown): Handle {
    return this.owned(this.make(create), destroy);
  }

  private owned(address: bigint, destroy: (address: bigint) => unknown): Handle {
    liveObjects++;
    let released = false;
    return {
      address,
      release() {
        if (released) return;
        released = true;
        liveObjects--;
        destroy(address);
      },
    };
  }

  private make(create: (out: BigUint64Array) => unknown): bigint {
    const out = pointerCell();
    this.check(create(out));
    return out[0];
  }

  /** Turns an OrtStatus into an EngineError; a null status is success. */
  private check(status: unknown): void {
    if (typeof status !== 'bigint' || status === 0n) return;
    const message = String(this.ort.GetErrorMessage(status));
    const ortCode = Number(this.ort.GetErrorCode(status));
    this.ort.ReleaseStatus(status);
    throw runtimeError(message, ortCode);
  }
}

/** The weights file mapped into memory once, its tensors given to every session of the model. */
class MappedWeights implements SharedWeights {
  readonly folder: string;
  private readonly file: MappedFile;
  private readonly values = new Map<string, Handle>();

  /** @param prepacked what kernels made of the weights; sessions with equal kernels use the same */
  constructor(
    filePath: string,
    private readonly ort: OrtCApi,
    readonly prepacked: Handle,
  ) {
    this.folder = path.dirname(filePath);
    this.file = mapFile(filePath);
  }

  value({ name, type, shape, range }: GraphWeight): bigint {
    const { offset, length } = range;
    const made = this.values.get(name) ?? this.ort.tensorAt(this.file.address + BigInt(offset), length, type, shape);
    this.values.set(name, made);
    return made.address;
  }

  /**
   * What comes of the creation of a session. Kernels make their own form of the weights: the pages that they made it from
   * are given back all the while, or both forms of all layers at once would be the most memory that is ever used.
   */
  async keptSmall<Result>(creation: Promise<Result>): Promise<Result> {
    const trimming = setInterval(() => this.file.trim(), TRIM_EVERY_MS);
    try {
      return await creation;
    } finally {
      clearInterval(trimming);
      this.file.trim();
    }
  }

  release(): void {
    for (const value of this.values.values()) value.release();
    this.prepacked.release();
    this.file.release();
  }
}

/** Room for one pointer that native code writes. */
const pointerCell = () => new BigUint64Array(new ArrayBuffer(8));

type AsyncCallable = { async(...args: unknown[]): void };

/** Arguments of the calls under way: koffi keeps only the callback, and not the memory that native code works on. */
const argumentsInUse = new Set<unknown[]>();

function callAsync(callee: AsyncCallable, ...args: unknown[]): Promise<unknown> {
  argumentsInUse.add(args);
  return new Promise((resolve, reject) => {
    callee.async(...args, (error: Error | null, result: unknown) => {
      argumentsInUse.delete(args);
      if (error) reject(error);
      else resolve(result);
    });
  });
}
