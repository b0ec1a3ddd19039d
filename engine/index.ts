import { availableParallelism } from 'node:os';
import { EngineError } from './errors.js';
import { KvCache } from './kv/kv-cache.js';
import { presetConfig } from './kv/presets.js';
import { kvStats } from './kv/stats.js';
import { readTokenizer } from './model/converted-folder.js';
import type { ConvertedModel } from './model/converted-model.js';
import { importModel } from './model/import-model.js';
import { chooseSessionFactory } from './runtime/choose-session.js';
import { Answer, type ChatState } from './runtime/generate.js';
import { createPromptReader } from './runtime/prompt-reader.js';
import { ChatTemplate } from './text/chat-template.js';
import { Tokenizer } from './text/tokenizer.js';
import type {
  CreateEngineOptions,
  Engine,
  EngineEvent,
  GenerateRequest,
  KvStats,
  ModelInfo,
  RuntimeInfo,
} from './types.js';

/**
 * Loads a model, importing it first if that was not done before.
 *
 * @throws every MODEL_… code, IMPORT_DISK_FULL, IMPORT_FAILED, RUNTIME_UNAVAILABLE, RUNTIME_FAILED, OUT_OF_MEMORY,
 *   REQUEST_INVALID for options that cannot be; the signal's reason
 */
export async function createEngine(options: CreateEngineOptions): Promise<Engine> {
  const startedAt = performance.now();
  const { modelPath, cacheFolder, precision = 'default', logger, onProgress, signal } = options;
  const threads = options.threads ?? availableParallelism();
  const { factory, reason } = await chooseSessionFactory(logger);
  const model = await importModel({ modelPath, cacheFolder, precision, onProgress, signal, logger });
  signal?.throwIfAborted();
  const weightBytes = model.info.fileBytes;
  onProgress?.({ phase: 'load', fraction: 0.95, bytesDone: weightBytes, bytesTotal: weightBytes });
  const cache = new KvCache(model.config, contextLengthOf(model, options.contextLength));
  const files = await readTokenizer(model);
  const tokenizer = new Tokenizer(files);
  const config = presetConfig(options.preset ?? 'off', model.config.numLayers);
  const reader = await createPromptReader({ model, factory, threads, cache }, config);
  if (signal?.aborted) await reader.release();
  signal?.throwIfAborted();
  const runtime: RuntimeInfo = {
    executionProvider: 'cpu',
    implementation: factory.implementation,
    reason,
    onnxRuntimeVersion: factory.onnxRuntimeVersion,
    threads,
    precision,
  };
  const state: ChatState = { reader, cache, tokenizer, cachedTokens: [] };
  const template = new ChatTemplate(files, tokenizer);
  return new LoadedEngine(model.info, runtime, performance.now() - startedAt, state, template);
}

class LoadedEngine implements Engine {
  private answering = false;
  /** Aborted when the engine is being disposed of. */
  private readonly disposal = new AbortController();
  private disposed: Promise<void> | null = null;
  /** What the running answer does until its next event, maybe in native code. */
  private step: Promise<unknown> = Promise.resolve();

  constructor(
    readonly model: ModelInfo,
    readonly runtime: RuntimeInfo,
    readonly loadMs: number,
    private readonly state: ChatState,
    private readonly template: ChatTemplate,
  ) {}

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    const refusal = this.refusal();
    if (refusal) return yield { type: 'error', error: refusal.toShape(), result: null };
    this.answering = true;
    let answer: Answer | undefined;
    try {
      answer = new Answer(this.state, this.template, request);
      const stop = signal ? AbortSignal.any([signal, this.disposal.signal]) : this.disposal.signal;
      yield* this.watched(answer.run(stop));
    } catch (thrown) {
      yield { type: 'error', error: EngineError.from(thrown).toShape(), result: answer?.result() ?? null };
    } finally {
      this.answering = false;
    }
  }

  kvStats(): KvStats {
    return kvStats(this.state.cache, this.state.cachedTokens.length, 0);
  }

  dispose(): Promise<void> {
    this.disposed ??= this.release();
    return this.disposed;
  }

  private refusal(): EngineError | null {
    if (this.disposed) return new EngineError('ENGINE_NOT_READY', 'This model was unloaded. Load it again.');
    if (!this.answering) return null;
    return new EngineError('ENGINE_BUSY', 'Another answer is being written. Wait for it, or stop it first.');
  }

  private async *watched(events: AsyncGenerator<EngineEvent, void, void>): AsyncGenerator<EngineEvent, void, void> {
    for (;;) {
      const step = events.next();
      this.step = step;
      const { value, done } = await step;
      if (done) return;
      yield value;
    }
  }

  private async release(): Promise<void> {
    this.disposal.abort();
    // Not for the answer's end: whoever reads its events may never ask for the next one. Its failure is theirs, too.
    await Promise.allSettled([this.step]);
    await this.state.reader.release();
    this.state.cache.clear();
    this.state.cachedTokens.length = 0;
  }
}

function contextLengthOf({ config }: ConvertedModel, wanted = config.contextLength): number {
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= config.contextLength) return wanted;
  throw new EngineError(
    'REQUEST_INVALID',
    `A context of ${wanted} tokens cannot be: this model's is at most ${config.contextLength}.`,
  );
}
