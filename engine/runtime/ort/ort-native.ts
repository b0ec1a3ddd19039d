import type { ElementType } from '../../onnx/graph-builder.js';
import { DeviceErrors } from '../device/device-errors.js';
import { runtimeError } from './ort-error.js';
import { loadOrtFunctions, type OrtFunctions } from './ort-functions.js';

/** ONNXTensorElementDataType. */
const ELEMENT_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
/** OrtLoggingLevel: what fails in a session comes back as a status with the same words. */
const LOG_FATAL_ONLY = 4;
const OPTIMIZE_ALL = 99;
/** OrtAllocatorType. */
const ALLOCATOR = { device: 0, arena: 1 } as const;

/** Native objects made and not yet released; a test asserts that it returns to where it was. */
let liveObjects = 0;
export const liveNativeObjects = () => liveObjects;

/** A native object and the one way to release it. */
export interface Handle {
  readonly address: bigint;
  release(): void;
}

/** One of each a process, never released: ORT's own threads use them to the end. */
let shared: { env: bigint; cpuMemory: bigint; threads: number; deviceErrors: DeviceErrors } | undefined;

/** What every use of the C API needs: objects that are released, statuses that become errors, one environment. */
export class OrtNative {
  readonly ort: OrtFunctions;
  readonly env: bigint;
  readonly threads: number;
  private readonly cpuMemory: bigint;
  private readonly deviceErrors?: DeviceErrors;

  /**
   * `threads`: of the whole process; the first call decides. Throws RUNTIME_UNAVAILABLE, or koffi's error, where the
   * library cannot be loaded.
   */
  constructor(threads: number) {
    this.ort = loadOrtFunctions();
    shared ??= this.makeShared(threads);
    ({ env: this.env, cpuMemory: this.cpuMemory, threads: this.threads, deviceErrors: this.deviceErrors } = shared);
  }

  /** A tensor over memory that somebody else keeps; of the processor, unless `memory` says where. */
  tensorAt(
    address: bigint | NodeJS.TypedArray,
    byteLength: number,
    type: ElementType,
    shape: readonly number[],
    memory = this.cpuMemory,
  ): Handle {
    const dims = BigInt64Array.from(shape, BigInt);
    const { CreateTensorWithDataAsOrtValue, ReleaseValue } = this.ort;
    const elementType = ELEMENT_TYPE[type];
    return this.handle(
      (out) => CreateTensorWithDataAsOrtValue(memory, address, byteLength, dims, dims.length, elementType, out),
      ReleaseValue,
    );
  }

  /** A tensor with memory of its own. */
  tensorFrom(allocator: Handle, type: ElementType, shape: readonly number[]): Handle {
    const dims = BigInt64Array.from(shape, BigInt);
    const { CreateTensorAsOrtValue, ReleaseValue } = this.ort;
    const elementType = ELEMENT_TYPE[type];
    return this.handle(
      (out) => CreateTensorAsOrtValue(allocator.address, dims, dims.length, elementType, out),
      ReleaseValue,
    );
  }

  /** Options of a session, with those that all sessions have. */
  sessionOptions(config: Readonly<Record<string, string>>): Handle {
    const { ort } = this;
    const made = this.handle(ort.CreateSessionOptions, ort.ReleaseSessionOptions);
    try {
      this.check(ort.SetSessionLogSeverityLevel(made.address, LOG_FATAL_ONLY));
      this.check(ort.SetSessionGraphOptimizationLevel(made.address, OPTIMIZE_ALL));
      this.check(ort.DisablePerSessionThreads(made.address));
      for (const [key, value] of Object.entries(config)) {
        this.check(ort.AddSessionConfigEntry(made.address, key, value));
      }
      return made;
    } catch (error) {
      made.release();
      throw error;
    }
  }

  handle(create: (out: BigUint64Array) => unknown, destroy: (address: bigint) => unknown): Handle {
    return this.owned(this.make(create), destroy);
  }

  owned(address: bigint, destroy: (address: bigint) => unknown): Handle {
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

  make(create: (out: BigUint64Array) => unknown): bigint {
    const out = pointerCell();
    this.check(create(out));
    return out[0];
  }

  /** Turns an OrtStatus into an EngineError; a null status is success, unless the device failed meanwhile. */
  check(status: unknown): void {
    // None while the environment is made.
    const deviceError = this.deviceErrors?.take() ?? null;
    if (typeof status !== 'bigint' || status === 0n) {
      if (deviceError !== null) throw runtimeError(deviceError);
      return;
    }
    const message = String(this.ort.GetErrorMessage(status));
    const ortCode = Number(this.ort.GetErrorCode(status));
    this.ort.ReleaseStatus(status);
    // What the device said first is the cause of what failed then.
    throw runtimeError(deviceError ?? message, ortCode);
  }

  private makeShared(threads: number) {
    const { ort } = this;
    const pools = this.handle(ort.CreateThreadingOptions, ort.ReleaseThreadingOptions);
    this.check(ort.SetGlobalIntraOpNumThreads(pools.address, threads));
    const deviceErrors = new DeviceErrors();
    const { logger, level } = deviceErrors;
    const create = ort.CreateEnvWithCustomLoggerAndGlobalThreadPools;
    const env = this.make((out) => create(logger, null, level, 'pyramid-chat', pools.address, out));
    pools.release();
    const memoryOf = (allocator: number) => this.make((out) => ort.CreateMemoryInfo('Cpu', allocator, 0, 0, out));
    this.check(ort.CreateAndRegisterAllocator(env, memoryOf(ALLOCATOR.arena), null));
    return { env, cpuMemory: memoryOf(ALLOCATOR.device), threads, deviceErrors };
  }
}

/** Objects that are released together, the last one first. */
export class HeldTogether {
  private readonly held: Handle[] = [];

  hold(handle: Handle): bigint {
    return this.keep(handle).address;
  }

  keep(handle: Handle): Handle {
    this.held.push(handle);
    return handle;
  }

  release(): void {
    for (const handle of this.held.splice(0).reverse()) handle.release();
  }
}

/** Room for one pointer that native code writes. */
export const pointerCell = () => new BigUint64Array(new ArrayBuffer(8));

type AsyncCallable = { async(...args: unknown[]): void };

/** Arguments of the calls under way: koffi keeps only the callback, and not the memory that native code works on. */
const argumentsInUse = new Set<unknown[]>();

export function callAsync(callee: AsyncCallable, ...args: unknown[]): Promise<unknown> {
  argumentsInUse.add(args);
  return new Promise((resolve, reject) => {
    callee.async(...args, (error: Error | null, result: unknown) => {
      argumentsInUse.delete(args);
      if (error) reject(error);
      else resolve(result);
    });
  });
}
