import { EngineError } from '../../errors.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import type { Logger } from '../../types.js';
import { float32Tensor, type SessionFactory } from './session.js';

export interface ChosenRuntime {
  factory: SessionFactory;
  /** Why this implementation runs, for the log and the user. */
  reason: string;
}

/** Ways to ONNX Runtime, the preferred one first. Loaded only when asked for: each needs a native module. */
const CANDIDATES: readonly { name: string; load(threads: number): Promise<SessionFactory> }[] = [
  { name: 'C API', load: async (threads) => new (await import('./ort-c-api.js')).OrtCApi(threads) },
  { name: 'onnxruntime-node', load: async (threads) => new (await import('./ort-binding.js')).OrtBinding(threads) },
];

/**
 * The first implementation that loads and passes the self-test.
 * @throws EngineError RUNTIME_UNAVAILABLE with every candidate's failure.
 */
export async function chooseSessionFactory(
  threads: number,
  logger?: Logger,
  candidates = CANDIDATES,
): Promise<ChosenRuntime> {
  const failures: string[] = [];
  for (const { name, load } of candidates) {
    try {
      const factory = await load(threads);
      await selfTest(factory);
      const reason = [...failures, `${name} of ONNX Runtime ${factory.onnxRuntimeVersion}, tested at start`].join('; ');
      logger?.info(reason);
      return { factory, reason };
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      logger?.warn(failures.at(-1) ?? name);
    }
  }
  throw new EngineError(
    'RUNTIME_UNAVAILABLE',
    `ONNX Runtime does not run here (${failures.join('; ')}). Install the app again, or run npm run setup.`,
  );
}

/** A running sum kept in place, twice: shows that values arrive, that they are computed, and that writing in place works. */
async function selfTest(factory: SessionFactory): Promise<void> {
  const graph = new GraphBuilder('self-test');
  const addend = graph.input('addend', 'float32', [3]);
  const before = graph.input('before', 'float32', [3]);
  graph.node('Add', [before, addend], {}, graph.output('after', 'float32', [3]));
  const session = await factory.create(graph.build());
  try {
    const step = float32Tensor([3]);
    const sum = float32Tensor([3]);
    const bound = session.bind({ addend: step, before: sum }, { after: sum });
    try {
      for (const values of [
        [1, 2, 3],
        [0.5, -4, 8],
      ]) {
        step.values.set(values);
        await bound.run();
      }
    } finally {
      bound.release();
    }
    if (sum.values.join() !== '1.5,-2,11') throw new Error(`self-test gave ${sum.values.join()} for 1.5,-2,11`);
  } finally {
    await session.release();
  }
}
