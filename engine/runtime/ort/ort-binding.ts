import './no-telemetry.js';
import '../reading/plain-attention.js';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import type { Graph } from '../../onnx/graph-builder.js';
import { boundRun } from './bound-run.js';
import { runtimeError } from './ort-error.js';
import {
  type AnyTensor,
  hostValues,
  type Session,
  type SessionFactory,
  type SessionOptions,
  type SharedWeights,
} from './session.js';

/**
 * onnxruntime-node's own API behind the same interface: the oracle in tests, and the fallback where the C API cannot be
 * loaded. It runs in place too, but copies every output back into a new buffer that nobody reads, and every session
 * holds its weights for itself.
 */
export class OrtBinding implements SessionFactory {
  readonly implementation = 'binding';
  readonly onnxRuntimeVersion = ort.env.versions.node ?? ort.env.versions.common;

  constructor(readonly threads: number) {}

  openWeights(filePath: string): SharedWeights {
    return { folder: path.dirname(filePath), release: () => {} };
  }

  async create({ bytes }: Graph, { weights }: SessionOptions = {}): Promise<Session> {
    const session = await failingAsRuntimeError(
      ort.InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        intraOpNumThreads: this.threads,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
        extra: {
          session: {
            // Other sessions run in between: threads sleep when a run ends, instead of spinning on cores that others need.
            force_spinning_stop: '1',
            ...(weights && { model_external_initializers_file_folder_path: weights.folder }),
          },
        },
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

function tensors(named: Readonly<Record<string, AnyTensor>>): Record<string, ort.Tensor> {
  const made = new Map<AnyTensor, ort.Tensor>();
  return Object.fromEntries(
    Object.entries(named).map(([name, tensor]) => {
      const known = made.get(tensor) ?? new ort.Tensor(tensor.type, hostValues(tensor), tensor.dims);
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
