import { loadRuntime, type Runtime } from '../runtime/load-runtime.js';
import type { Precision } from '../types.js';
import { CACHE_FOLDER, modelPathOf } from './places.js';
import { StoppedError } from './stopped-error.js';
import { countOption, UsageError } from './usage-error.js';

/** Options of every command that runs a model, for parseOptions. */
export const MODEL_OPTIONS = {
  model: { type: 'string' },
  precision: { type: 'string' },
  threads: { type: 'string' },
} as const;

interface ModelChoice {
  model?: string;
  precision: Precision;
  threads?: number;
}

/** @throws UsageError */
export function modelChoice(
  values: { model?: string; precision?: string; threads?: string },
  usual: Precision = 'default',
): ModelChoice {
  const { model, precision = usual, threads } = values;
  if (precision !== 'default' && precision !== 'float32') {
    throw new UsageError(`--precision is default or float32, not ${JSON.stringify(precision)}.`);
  }
  return { model, precision, threads: countOption('threads', threads) };
}

/**
 * Runs `work` with the chosen model. Ctrl+C aborts its signal; what it throws then counts as stopped.
 * @throws StoppedError; EngineError as loadRuntime and `work` do
 */
export async function withRuntime(
  { model, precision, threads }: ModelChoice,
  work: (runtime: Runtime, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(new StoppedError('Stopped.'));
  process.once('SIGINT', onInterrupt);
  try {
    const places = { modelPath: modelPathOf(model), cacheFolder: CACHE_FOLDER };
    const runtime = await loadRuntime({ ...places, precision, threads, signal: stop.signal });
    try {
      await work(runtime, stop.signal);
    } finally {
      await runtime.release();
    }
  } catch (thrown) {
    if (stop.signal.aborted && !(thrown instanceof StoppedError)) throw stop.signal.reason;
    throw thrown;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** A line for those who wait; results alone go to stdout. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
