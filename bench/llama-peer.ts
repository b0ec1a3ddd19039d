import { type LoadOptions, type Prompt, serve, TimedPeer } from './peer.js';

/** The part of node-llama-cpp that is needed. Its own types are there only once the benchmark has installed it. */
interface LlamaModule {
  getLlama(options: {
    gpu: false | 'vulkan';
    build: 'never';
    maxThreads: number;
    progressLogs: boolean;
    logLevel: 'error';
  }): Promise<Llama>;
  getModuleVersion(): Promise<string>;
}
interface Llama {
  loadModel(options: {
    modelPath: string;
    gpuLayers?: 'max';
  }): Promise<{ createContext(options: ContextOptions): Promise<Context> }>;
  readonly llamaCppRelease: { release: string };
}
interface ContextOptions {
  contextSize: number;
  batchSize: number;
  threads: number;
  flashAttention: boolean;
}
interface Context {
  getSequence(): Sequence;
}
interface Sequence {
  readonly nextTokenIndex: number;
  compareContextTokens(tokens: number[]): { firstDifferentIndex: number };
  eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>;
  evaluate(tokens: number[], options: { temperature: 0; yieldEogToken: true }): AsyncGenerator<number>;
}

/** A variable, because TypeScript looks for the types of a literal. */
const PACKAGE: string = 'node-llama-cpp';
/** llama.cpp's own default. */
const BATCH_SIZE = 512;
/** Our engine reads at least so many tokens of a prompt that it has cached. */
const LEAST_READ = 2;

class LlamaPeer extends TimedPeer {
  private sequence: Sequence | null = null;
  private release = '';

  async load({ modelPath, threads, device, contextLength }: LoadOptions): Promise<number> {
    const { getLlama, getModuleVersion } = (await import(PACKAGE)) as LlamaModule;
    const start = performance.now();
    const llama = await getLlama({
      gpu: device === 'webgpu' ? 'vulkan' : false,
      build: 'never',
      maxThreads: threads,
      progressLogs: false,
      logLevel: 'error',
    });
    const model = await llama.loadModel({ modelPath, ...(device === 'webgpu' && { gpuLayers: 'max' as const }) });
    const context = await model.createContext({
      contextSize: contextLength,
      batchSize: BATCH_SIZE,
      threads,
      flashAttention: true,
    });
    this.sequence = context.getSequence();
    const loadMs = performance.now() - start;
    this.release = `${await getModuleVersion()} (llama.cpp ${llama.llamaCppRelease.release})`;
    return loadMs;
  }

  async versions(): Promise<Record<string, string>> {
    return { 'node-llama-cpp': this.release };
  }

  protected async tokenTimes({ tokenIds }: Prompt, maxTokens: number): Promise<number[]> {
    const { sequence } = this;
    if (!sequence) throw new Error('no model is loaded');
    const { firstDifferentIndex } = sequence.compareContextTokens(tokenIds);
    const reused = Math.min(firstDifferentIndex, tokenIds.length - LEAST_READ);
    await sequence.eraseContextTokenRanges([{ start: reused, end: sequence.nextTokenIndex }]);
    const times: number[] = [];
    for await (const _ of sequence.evaluate(tokenIds.slice(reused), { temperature: 0, yieldEogToken: true })) {
      times.push(performance.now());
      if (times.length === maxTokens) break;
    }
    return times;
  }
}

serve(new LlamaPeer());
