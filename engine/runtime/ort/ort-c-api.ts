import path from 'node:path';
import { EngineError } from '../../errors.js';
import type { Graph, GraphWeight } from '../../onnx/graph-builder.js';
import { boundRun } from './bound-run.js';
import { type MappedFile, mapFile } from './mapped-file.js';
import { callAsync, type Handle, HeldTogether, OrtNative, pointerCell } from './ort-native.js';
import {
  type AnyTensor,
  type BoundRun,
  hostValues,
  type Session,
  type SessionFactory,
  type SessionOptions,
  type SharedWeights,
} from './session.js';

const LEFT_OUT_KEY = 'optimization.disable_specified_optimizers';
/** Its fused product repacks the weights for itself: those of the same product in another session would be there twice. */
const LEFT_OUT = 'DynamicQuantizeMatMulFusion';

const WEIGHTS_FOLDER_KEY = 'session.model_external_initializers_file_folder_path';
const SHARED_ALLOCATOR_KEY = 'session.use_env_allocators';
/** Between two times that pages of weights are given back: at the speed of memory, some tens of MB. */
const TRIM_EVERY_MS = 10;

/**
 * ONNX Runtime through its C API, on the library that onnxruntime-node carries. Unlike that package's own API it writes
 * K/V in place over our ArrayBuffers and copies nothing back, and its sessions share threads, working memory and weights,
 * also as the kernels repack them: so many sessions cost little more than one.
 */
export class OrtCApi implements SessionFactory {
  readonly implementation = 'c-api';
  readonly onnxRuntimeVersion: string;
  readonly threads: number;
  private readonly native: OrtNative;

  /** As of OrtNative. */
  constructor(threads: number) {
    this.native = new OrtNative(threads);
    this.onnxRuntimeVersion = this.native.ort.version;
    this.threads = this.native.threads;
  }

  openWeights(path: string): SharedWeights {
    const { CreatePrepackedWeightsContainer, ReleasePrepackedWeightsContainer } = this.native.ort;
    const prepacked = this.native.handle(CreatePrepackedWeightsContainer, ReleasePrepackedWeightsContainer);
    return new MappedWeights(path, this.native, prepacked);
  }

  async create({ bytes, weights }: Graph, options: SessionOptions = {}): Promise<Session> {
    const { native } = this;
    const { ort } = native;
    const mapped = options.weights instanceof MappedWeights ? options.weights : null;
    const made = native.sessionOptions({
      [SHARED_ALLOCATOR_KEY]: '1',
      ...(options.sharesRepacked && { [LEFT_OUT_KEY]: LEFT_OUT }),
      ...(mapped && { [WEIGHTS_FOLDER_KEY]: mapped.folder }),
    });
    try {
      if (mapped) {
        for (const weight of weights) native.check(ort.AddInitializer(made.address, weight.name, mapped.value(weight)));
      }
      const out = pointerCell();
      const container = mapped?.prepacked.address ?? null;
      const create = ort.CreateSessionFromArrayWithPrepackedWeightsContainer;
      const creation = callAsync(create, native.env, bytes, bytes.byteLength, made.address, container, out);
      native.check(await (mapped ? mapped.keptSmall(creation) : creation));
      return this.session(native.owned(out[0], ort.ReleaseSession));
    } finally {
      made.release();
    }
  }

  private session(session: Handle): Session {
    const runs = new Set<Promise<void>>();
    return {
      bind: (inputs, outputs) => this.bind(session, runs, inputs, outputs),
      release: async () => {
        // Under a run it would never return: it waits for threads that the run holds.
        await Promise.allSettled(runs);
        session.release();
      },
    };
  }

  /** @param runs of the session, under way */
  private bind(
    session: Handle,
    runs: Set<Promise<void>>,
    inputs: Readonly<Record<string, AnyTensor>>,
    outputs: Readonly<Record<string, AnyTensor>>,
  ): BoundRun {
    const { native } = this;
    const { ort } = native;
    const held = new HeldTogether();
    try {
      const runOptions = held.hold(native.handle(ort.CreateRunOptions, ort.ReleaseRunOptions));
      const binding = held.hold(
        native.handle((out) => ort.CreateIoBinding(session.address, out), ort.ReleaseIoBinding),
      );
      const values = new Map<AnyTensor, bigint>();
      const ortValue = (tensor: AnyTensor) => {
        const memory = hostValues(tensor);
        const address =
          values.get(tensor) ?? held.hold(native.tensorAt(memory, memory.byteLength, tensor.type, tensor.dims));
        values.set(tensor, address);
        return address;
      };
      for (const [name, tensor] of Object.entries(inputs)) native.check(ort.BindInput(binding, name, ortValue(tensor)));
      for (const [name, tensor] of Object.entries(outputs)) {
        native.check(ort.BindOutput(binding, name, ortValue(tensor)));
      }
      const execute = async () => {
        // `values` is named so that the tensors' memory lives as long as the run may be called: ORT holds none of it.
        if (values.size === 0) throw new EngineError('INTERNAL', 'Nothing is bound.');
        native.check(await callAsync(ort.RunWithBinding, session.address, runOptions, binding));
      };
      return boundRun(execute, () => held.release(), runs);
    } catch (error) {
      held.release();
      throw error;
    }
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
    private readonly native: OrtNative,
    readonly prepacked: Handle,
  ) {
    this.folder = path.dirname(filePath);
    this.file = mapFile(filePath);
  }

  value({ name, type, shape, range }: GraphWeight): bigint {
    const { offset, length } = range;
    const made = this.values.get(name) ?? this.native.tensorAt(this.file.address + BigInt(offset), length, type, shape);
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
