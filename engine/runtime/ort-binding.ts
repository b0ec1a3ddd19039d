import './no-telemetry.js';
import * as ort from 'onnxruntime-node';
import { boundRun } from './bound-run.js';
import { runtimeError } from './ort-error.js';
import type { Session, SessionFactory, SessionOptions, Tensor } from './session.js';

/**
 * onnxruntime-node's own API behind the same interface: the oracle in tests, and the fallback where the C API cannot be
 * loaded. It runs in place too, but copies every output back into a new buffer that nobody reads.
 */
export class OrtBinding implements SessionFactory {
  readonly implementation = 'binding';
  readonly onnxRuntimeVersion = ort.env.versions.node ?? ort.env.versions.common;

  async create(graph: Uint8Array<ArrayBuffer>, { weightsFolder, threads }: SessionOptions): Promise<Session> {
    const session = await failingAsRuntimeError(
      ort.InferenceSession.create(graph, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
        ...(weightsFolder && { extra: { session: { model_external_initializers_file_folder_path: weightsFolder } } }),
      }),
    );
    const runs = new Set<Promise<void>>();
    return {
      bind: (inputs, outputs) => {
        const feeds = tensors(inputs);
        const fetches = tensors(outputs);
        const execute = async () => {
          await failingAsRuntimeError(session.run(feeds, fetches));
        };
        return boundRun(execute, () => {}, runs);
      },
      release: async () => {
        await Promise.allSettled(runs);
        await session.release();
      },
    };
  }
}

function tensors(named: Readonly<Record<string, Tensor>>): Record<string, ort.Tensor> {
  const made = new Map<Tensor, ort.Tensor>();
  return Object.fromEntries(
    Object.entries(named).map(([name, tensor]) => {
      const known = made.get(tensor) ?? new ort.Tensor(tensor.type, tensor.values, tensor.dims);
      made.set(tensor, known);
      return [name, known];
    }),
  );
}

async function failingAsRuntimeError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw runtimeError(error instanceof Error ? error.message : String(error));
  }
}
