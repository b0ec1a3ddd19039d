import { EngineError } from '../errors.js';
import { boundRun } from './bound-run.js';
import { runtimeError } from './ort-error.js';
import { loadOrtFunctions, type OrtFunctions } from './ort-functions.js';
import type { BoundRun, Session, SessionFactory, SessionOptions, Tensor } from './session.js';

/** ONNXTensorElementDataType. */
const ELEMENT_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
/** OrtLoggingLevel: ORT writes to stderr, and what fails comes back as a status with the same words. */
const LOG_FATAL_ONLY = 4;
const OPTIMIZE_ALL = 99;
const FORCE_SPINNING_STOP_KEY = 'session.force_spinning_stop';
const WEIGHTS_FOLDER_KEY = 'session.model_external_initializers_file_folder_path';

/** Native objects made and not yet released; a test asserts that it returns to where it was. */
let liveObjects = 0;
export const liveNativeObjects = () => liveObjects;

/** A native object and the one way to release it. */
interface Handle {
  readonly address: bigint;
  release(): void;
}

/** One of each a process, never released: ORT's own threads use them to the end. */
let shared: { env: bigint; cpuMemory: bigint } | undefined;

/**
 * ONNX Runtime through its C API, on the library that onnxruntime-node carries. Unlike that package's own API it writes
 * K/V in place over our ArrayBuffers and copies nothing back.
 */
export class OrtCApi implements SessionFactory {
  readonly implementation = 'c-api';
  readonly onnxRuntimeVersion: string;
  private readonly ort: OrtFunctions;
  private readonly env: bigint;
  private readonly cpuMemory: bigint;

  /** Throws RUNTIME_UNAVAILABLE, or koffi's error, where the library cannot be loaded. */
  constructor() {
    this.ort = loadOrtFunctions();
    this.onnxRuntimeVersion = this.ort.version;
    shared ??= {
      env: this.make((out) => this.ort.CreateEnv(LOG_FATAL_ONLY, 'pyramid-chat', out)),
      cpuMemory: this.make((out) => this.ort.CreateMemoryInfo('Cpu', 0, 0, 0, out)),
    };
    this.env = shared.env;
    this.cpuMemory = shared.cpuMemory;
  }

  async create(
    graph: Uint8Array<ArrayBuffer>,
    { weightsFolder, threads, takesTurns }: SessionOptions,
  ): Promise<Session> {
    const { ort } = this;
    const options = this.handle((out) => ort.CreateSessionOptions(out), ort.ReleaseSessionOptions);
    try {
      this.check(ort.SetSessionLogSeverityLevel(options.address, LOG_FATAL_ONLY));
      this.check(ort.SetSessionGraphOptimizationLevel(options.address, OPTIMIZE_ALL));
      this.check(ort.SetIntraOpNumThreads(options.address, threads));
      if (weightsFolder) this.check(ort.AddSessionConfigEntry(options.address, WEIGHTS_FOLDER_KEY, weightsFolder));
      if (takesTurns) this.check(ort.AddSessionConfigEntry(options.address, FORCE_SPINNING_STOP_KEY, '1'));
      const out = pointerCell();
      this.check(await callAsync(ort.CreateSessionFromArray, this.env, graph, graph.byteLength, options.address, out));
      return this.session(this.owned(out[0], ort.ReleaseSession));
    } finally {
      options.release();
    }
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
      const runOptions = hold(this.handle((out) => ort.CreateRunOptions(out), ort.ReleaseRunOptions));
      const binding = hold(this.handle((out) => ort.CreateIoBinding(session.address, out), ort.ReleaseIoBinding));
      const values = new Map<Tensor, bigint>();
      const ortValue = (tensor: Tensor) => {
        const address = values.get(tensor) ?? hold(this.value(tensor));
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

  private value(tensor: Tensor): Handle {
    const { values } = tensor;
    const dims = BigInt64Array.from(tensor.dims, BigInt);
    return this.handle(
      (out) =>
        this.ort.CreateTensorWithDataAsOrtValue(
          this.cpuMemory,
          values,
          values.byteLength,
          dims,
          dims.length,
          ELEMENT_TYPE[tensor.type],
          out,
        ),
      this.ort.ReleaseValue,
    );
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
