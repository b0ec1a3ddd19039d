import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FileHashes } from '../../model/file-hashes.js';
import { findModelFiles } from '../../model/model-files.js';
import type { GraphicsDevice, LoadProgress, RuntimeNote } from '../../types.js';
import type { LoadOptions, Runtime } from '../load-runtime.js';

/** Read, after as many to get warm, and written one by one behind them. */
const READ_TOKENS = 128;
const WRITTEN_TOKENS = 8;
/** What both are compared by: a question with some text, and an answer. */
const TURN = { read: 512, written: 128 };
/** To be raised when either of the two becomes quicker. */
const VERSION = 1;

const outcomeSchema = z.object({ key: z.string(), processorMs: z.number(), deviceMs: z.number() });
type Outcome = z.infer<typeof outcomeSchema>;

interface Sides {
  /** Each loads the model there. */
  onProcessor: (options: LoadOptions) => Promise<Runtime>;
  onDevice: (options: LoadOptions) => Promise<Runtime>;
}

/**
 * Which of the processor and a device is quicker with a model, measured with it once for each device and driver and kept
 * beside the converted model. → in a note
 */
export async function quickerOne(options: LoadOptions, device: GraphicsDevice, sides: Sides): Promise<RuntimeNote> {
  const key = [VERSION, device.name, device.driver, options.threads ?? 'all', options.precision ?? 'default'].join(' ');
  const kept = await readOutcome(options, key);
  if (kept) return noteOf(kept, device);
  const { onProgress } = options;
  const half = (from: number): LoadOptions => ({
    ...options,
    onProgress: (progress: LoadProgress) => onProgress?.({ ...progress, fraction: (from + progress.fraction) / 3 }),
  });
  const deviceMs = await turnMs(await sides.onDevice(half(0)), options.signal);
  const processorMs = await turnMs(await sides.onProcessor(half(1)), options.signal);
  const outcome = { key, processorMs, deviceMs };
  await keepOutcome(options, outcome);
  return noteOf(outcome, device);
}

function noteOf({ processorMs, deviceMs }: Outcome, { name }: GraphicsDevice): RuntimeNote {
  const isDevice = deviceMs < processorMs;
  const [quicker, slower] = isDevice ? [deviceMs, processorMs] : [processorMs, deviceMs];
  const message = `The ${isDevice ? 'graphics processor' : 'processor'} is the quicker one, measured with this model: ${seconds(quicker)} for reading ${TURN.read} tokens and writing ${TURN.written}, and ${seconds(slower)} on ${isDevice ? 'the processor' : name}.`;
  const details = { name, processorMs, deviceMs, read: TURN.read, written: TURN.written };
  return { code: isDevice ? 'deviceQuicker' : 'processorQuicker', message, details };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** What a turn would take, by a shorter one. Releases the runtime. */
async function turnMs(runtime: Runtime, signal?: AbortSignal): Promise<number> {
  try {
    const memory = await runtime.createMemory({ kvType: 'int8', policy: { name: 'full' } });
    try {
      const { vocabSize } = runtime.model.config;
      const readTokens = Math.max(2, Math.min(READ_TOKENS, Math.floor(runtime.contextLength / 2)));
      const written = Math.max(1, Math.min(WRITTEN_TOKENS, runtime.contextLength - readTokens));
      const prompt = Array.from({ length: readTokens }, (_, i) => ((i + 1) * 7919) % vocabSize);
      const once = async () => {
        memory.clear();
        const start = performance.now();
        for await (const _ of memory.read(prompt, { signal })) signal?.throwIfAborted();
        const read = performance.now();
        for (const token of prompt.slice(0, written)) await memory.append(token);
        const end = performance.now();
        return ((read - start) * TURN.read) / readTokens + ((end - read) * TURN.written) / written;
      };
      // The first time kernels are compiled and weights come from the disk.
      await once();
      return await once();
    } finally {
      memory.release();
    }
  } finally {
    await runtime.release();
  }
}

async function readOutcome(options: LoadOptions, key: string): Promise<Outcome | null> {
  try {
    const outcome = outcomeSchema.parse(JSON.parse(await readFile(await outcomePath(options), 'utf8')));
    return outcome.key === key ? outcome : null;
  } catch {
    // It only saves time: without it both are measured again.
    return null;
  }
}

async function keepOutcome(options: LoadOptions, outcome: Outcome): Promise<void> {
  try {
    await writeFile(await outcomePath(options), JSON.stringify(outcome));
  } catch (thrown) {
    options.logger?.warn(`What was measured could not be kept: ${String(thrown)}`);
  }
}

/** Found, and removed, with what an import made of the model. */
async function outcomePath({ modelPath, cacheFolder }: LoadOptions): Promise<string> {
  const hash = await new FileHashes(cacheFolder).known(await findModelFiles(modelPath));
  if (hash === null) throw new Error('The model was not imported yet.');
  return join(cacheFolder, `${hash}-quicker.json`);
}
