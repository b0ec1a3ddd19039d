import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadRuntime, type Runtime } from '../runtime/load-runtime.js';
import { writeTinyGguf } from './tiny-model.js';

/** A random model of 6 layers with a context of 1024 tokens, long enough that policies drop some. */
export async function loadTinyRuntime(): Promise<Runtime> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pyramid-tiny-'));
  const metadata = { 'llama.context_length': { type: 'u32', value: 1024 } } as const;
  const modelPath = await writeTinyGguf(folder, { layers: 6, metadata });
  const cacheFolder = path.join(folder, 'cache');
  const runtime = await loadRuntime({ modelPath, cacheFolder, precision: 'float32', threads: 1 });
  const release = async () => {
    await runtime.release();
    await rm(folder, { recursive: true });
  };
  return { ...runtime, createMemory: (config) => runtime.createMemory(config), release };
}
