import type { Compression } from '../kv/compression.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import type { Runtime } from '../runtime/load-runtime.js';

/** What every compression is compared with. */
export const FULL_CACHE: CompressionConfig = { kvType: 'float32', policy: { name: 'full' } };

/** Reads a prompt to its end. @returns logits of its last token, [vocabSize], valid until the next run */
export async function readPrompt(
  memory: ChatMemory,
  prompt: readonly number[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  signal?.throwIfAborted();
  const steps = memory.read(prompt, { signal });
  for (;;) {
    const step = await steps.next();
    signal?.throwIfAborted();
    if (step.done) return step.value;
  }
}

/** Lets `work` use a memory, and releases it whatever happens. */
export async function withMemory<Result>(
  runtime: Pick<Runtime, 'createMemory'>,
  config: CompressionConfig,
  work: (memory: ChatMemory) => Promise<Result>,
): Promise<Result> {
  const memory = await runtime.createMemory(config);
  try {
    return await work(memory);
  } finally {
    memory.release();
  }
}

/** Lets `work` use one memory for each of `configs`, and releases them whatever happens. */
export async function* withMemories<Event>(
  runtime: Pick<Runtime, 'createMemory'>,
  configs: readonly (CompressionConfig | Compression)[],
  work: (memories: readonly ChatMemory[]) => AsyncGenerator<Event, void, void>,
): AsyncGenerator<Event, void, void> {
  const memories: ChatMemory[] = [];
  try {
    for (const config of configs) memories.push(await runtime.createMemory(config));
    yield* work(memories);
  } finally {
    for (const memory of memories) memory.release();
  }
}
