import { EngineError } from './errors.js';
import { compareAnswers } from './evaluate/compare-answers.js';
import { checkRoom, comparedBytes } from './evaluate/comparison-room.js';
import { LentRuntime } from './evaluate/lent-runtime.js';
import { isMeasured, PresetMeasuring } from './evaluate/preset-measuring.js';
import { cacheBytes, fullFp16Bytes, untidied } from './kv/compression.js';
import { contextCosts } from './kv/context-costs.js';
import { readMeasuredProfile } from './kv/measured-profile.js';
import { presetInfos } from './kv/presets.js';
import type { Profile } from './kv/profile.js';
import { checkLength, lengthProblem } from './runtime/check-length.js';
import { Answer } from './runtime/generate.js';
import { IdleTime } from './runtime/idle/idle-time.js';
import { IdleTidying } from './runtime/idle/tidying.js';
import { loadRuntime, type Runtime } from './runtime/load-runtime.js';
import { ChatMemories } from './runtime/parking/chat-memories.js';
import { parkedChatsOf } from './runtime/parking/parked-chats.js';
import { ParkingLot } from './runtime/parking/parking-lot.js';
import { attentionShareOf, ReadingSpeed } from './runtime/reading/reading-speed.js';
import { watched } from './runtime/watched.js';
import { pinnedSpans } from './text/pinned-spans.js';
import { repeatPrompt } from './text/repeat-prompt.js';
import { tokenText } from './text/token-text.js';
import type {
  ChatCompression,
  ComparisonEvent,
  ComparisonForecast,
  ComparisonOptions,
  ComparisonRequest,
  ContextCost,
  ConversationRequest,
  CreateEngineOptions,
  Engine,
  EngineEvent,
  Forecast,
  GenerateRequest,
  KvStats,
  MeasuringEvent,
  MeasuringOptions,
  MeasuringProgress,
  MemoryRoom,
  ModelInfo,
  Parking,
  PresetInfo,
  RuntimeInfo,
  TextMemory,
} from './types.js';

export { fitOf, forecastModel } from './model/model-forecast.js';

/**
 * Loads a model, importing it first if that was not done before.
 *
 * @throws every MODEL_… and DEVICE_… code, IMPORT_DISK_FULL, IMPORT_FAILED, RUNTIME_UNAVAILABLE, RUNTIME_FAILED,
 *   OUT_OF_MEMORY, REQUEST_INVALID, COMPRESSION_INVALID, KV_BUDGET_TOO_SMALL for options that cannot be; the signal's reason
 */
export async function createEngine(options: CreateEngineOptions): Promise<Engine> {
  const startedAt = performance.now();
  const { compression = { preset: 'faithful' }, kvType, parking, measuring, logger, signal } = options;
  const runtime = await loadRuntime(options);
  try {
    // What a device holds is not brought back to be written: its chats are read again.
    const parked = parking && !runtime.info.device ? parkedChatsOf(runtime, parking, logger) : undefined;
    const memories = new ChatMemories(runtime, compression, kvType, parked);
    await memories.under(compression);
    const measured = measuring && (await readMeasuredProfile(measuring.folder, shapeOf(runtime), logger));
    signal?.throwIfAborted();
    return new LoadedEngine(runtime, performance.now() - startedAt, memories, measured ?? null, measuring);
  } catch (error) {
    await runtime.release();
    throw error;
  }
}

function shapeOf({ model }: Runtime): { hash: string; numLayers: number } {
  return { hash: model.info.hash, numLayers: model.config.numLayers };
}

class LoadedEngine implements Engine {
  private answering = false;
  /** Aborted when the engine is being disposed of. */
  private readonly disposal = new AbortController();
  private disposed: Promise<void> | null = null;
  /** What the running answer does until its next event, maybe in native code. */
  private step: Promise<unknown> = Promise.resolve();
  private readonly onStep = (step: Promise<unknown>) => {
    this.step = step;
  };
  /** For the running or last comparison. */
  private readonly lent: LentRuntime;

  readonly model: ModelInfo;
  readonly runtime: RuntimeInfo;
  presets: readonly PresetInfo[];
  readonly leastBudgetBytes: number;
  private readonly speed: ReadingSpeed;
  private readonly idle = new IdleTime();
  readonly parking: Parking;
  /** Null: without a text to measure on. */
  private readonly measuring: PresetMeasuring | null;
  private readonly tidying: IdleTidying;

  constructor(
    private readonly loaded: Runtime,
    readonly loadMs: number,
    private readonly memories: ChatMemories,
    /** What this machine measured of the model before. */
    measured: Profile | null,
    measuring?: MeasuringOptions,
  ) {
    this.lent = new LentRuntime(loaded);
    this.model = loaded.model.info;
    this.runtime = loaded.info;
    this.presets = presetInfos(shapeOf(loaded), measured);
    this.leastBudgetBytes = memories.leastBudgetBytes();
    this.speed = new ReadingSpeed(attentionShareOf(this.model));
    this.parking = new ParkingLot(memories, this.idle, () => this.refusal() !== null);
    this.measuring = measuring ? new PresetMeasuring(loaded, this.idle, measuring) : null;
    this.tidying = new IdleTidying({
      ...{ memories, idle: this.idle },
      // What of a device's memory is free says nothing of what others ask for.
      freeBytes: loaded.info.device ? () => Number.POSITIVE_INFINITY : () => loaded.freeBytes(),
      prompt: repeatPrompt(loaded.tokenizer),
    });
  }

  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    return this.answered(request, (answer, stop) => answer.run(stop), signal);
  }

  reread(request: ConversationRequest, signal?: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    return this.answered(request, (answer, stop) => answer.reread(stop), signal);
  }

  private async *answered(
    request: GenerateRequest,
    run: (answer: Answer, stop: AbortSignal) => AsyncGenerator<EngineEvent, void, void>,
    signal?: AbortSignal,
  ): AsyncGenerator<EngineEvent, void, void> {
    const refusal = this.refusal();
    if (refusal) return yield { type: 'error', error: refusal.toShape(), result: null };
    this.answering = true;
    let answer: Answer | undefined;
    try {
      const choice = request.compression ?? this.memories.usual;
      const ready = this.idle.begin().then(() => this.memories.under(choice, request.chatId));
      this.step = ready;
      const memory = await ready;
      answer = new Answer(memory, { ...this.loaded, tidies: this.tidying.isOn }, request);
      yield* watched(run(answer, this.stopping(signal)), this.onStep);
    } catch (thrown) {
      yield { type: 'error', error: this.memories.failed(thrown), result: answer?.result() ?? null };
    } finally {
      const result = answer?.result();
      // Stopped while it read, an answer has no first token.
      if (result?.timings.firstTokenMs) {
        this.speed.note(result.promptTokens - result.reusedTokens, result.reusedTokens, result.timings.firstTokenMs);
      }
      this.answering = false;
      this.idle.end();
    }
  }

  async *compare(
    request: ComparisonRequest,
    { freeBytes, signal }: ComparisonOptions = {},
  ): AsyncGenerator<ComparisonEvent, void, void> {
    const refusal = this.refusal();
    if (refusal) return yield { type: 'error', error: refusal.toShape() };
    this.answering = true;
    const stop = this.stopping(signal);
    try {
      await this.idle.begin();
      const forecast = this.forecastComparison(request, { freeBytes, signal: stop });
      this.step = forecast;
      await forecast;
      stop.throwIfAborted();
      const sides = this.memories.comparedSides(request.compression);
      yield* watched(compareAnswers(this.lent.lend(), sides, request, stop), this.onStep);
    } catch (thrown) {
      yield stop.aborted ? { type: 'aborted' } : { type: 'error', error: this.memories.failed(thrown) };
    } finally {
      this.answering = false;
      this.idle.end();
    }
  }

  async forecastComparison(
    { messages, compression: choice, replyTokens }: ComparisonRequest,
    { freeBytes = Number.POSITIVE_INFINITY, signal }: ComparisonOptions = {},
  ): Promise<ComparisonForecast> {
    const { loaded } = this;
    const { prompt, pinned } = await this.promptOf(messages, signal);
    await checkLength(prompt.length, loaded.contextLength, { messages, tokenizer: loaded.tokenizer, signal });
    const tokens = Math.min(loaded.contextLength, prompt.length + replyTokens);
    const kvBytes = comparedBytes(this.memories.comparedSides(choice), loaded.model.config, tokens, pinned);
    checkRoom(kvBytes, freeBytes);
    return { promptTokens: prompt.length, replyTokens, kvBytes, firstTokenMs: this.speed.estimate(prompt.length, 0) };
  }

  kvStats(): KvStats {
    return this.memories.current.stats();
  }

  room(): MemoryRoom {
    return { freeBytes: this.loaded.freeBytes(), deviceBytes: this.loaded.deviceBytes() };
  }

  async forecast({ messages, compression: choice }: ConversationRequest, signal?: AbortSignal): Promise<Forecast> {
    const { loaded, memories } = this;
    const { prompt, pinned } = await this.promptOf(messages, signal);
    const conversation = { messages, tokenizer: loaded.tokenizer, signal };
    const problem = await lengthProblem(prompt.length, loaded.contextLength, conversation);
    // Any other conversation that is too long can be told by its figures.
    if (problem?.code === 'SYSTEM_PROMPT_TOO_LONG') throw problem;
    const { compression, reused } = memories.outlook(choice ?? memories.usual, prompt);
    const fresh = prompt.length - reused;
    const bounds = this.tidying.isOn ? untidied(compression, prompt.length) : compression;
    return {
      promptTokens: prompt.length,
      reusedTokens: reused,
      contextLength: loaded.contextLength,
      kvBytes: cacheBytes(bounds, loaded.model.config, prompt.length, pinned),
      fullFp16Bytes: fullFp16Bytes(loaded.model.config, prompt.length),
      firstTokenMs: this.speed.estimate(fresh, reused),
    };
  }

  async countTokens(text: string): Promise<number> {
    return (await this.loaded.tokenizer.encodeAsync(text, { addBos: false })).length;
  }

  /** What a conversation would be read as, and what of it is never dropped. */
  private async promptOf(messages: GenerateRequest['messages'], signal?: AbortSignal) {
    const { template, tokenizer } = this.loaded;
    const { addBos, ...text } = template.render(messages);
    const prompt = await tokenizer.encodeAsync(text, { addBos, signal });
    return { prompt, pinned: pinnedSpans(messages, prompt, template, tokenizer) };
  }

  textMemory(): TextMemory {
    const { current } = this.memories;
    const rereadMs = this.speed.estimate(current.tokens.length, 0);
    return { ...tokenText(current.tokens, this.loaded.tokenizer), ...current.survival(), rereadMs };
  }

  contextCosts(compression?: ChatCompression): ContextCost[] {
    const { loaded, memories } = this;
    return contextCosts(loaded.model.config, (contextLength) =>
      memories.compressionOf(compression ?? memories.usual, contextLength),
    );
  }

  async measuringProgress(): Promise<MeasuringProgress | null> {
    return isMeasured(this.presets) ? null : ((await this.measuring?.progress()) ?? null);
  }

  async *measurePresets(signal?: AbortSignal): AsyncGenerator<MeasuringEvent, void, void> {
    if (this.disposed || !this.measuring) {
      const refusal = new EngineError('ENGINE_NOT_READY', 'There is no loaded model, or no text to measure it on.');
      return yield { type: 'error', error: refusal.toShape() };
    }
    yield* this.measuring.run(this.stopping(signal), (profile) => {
      this.presets = presetInfos(shapeOf(this.loaded), profile);
    });
  }

  tidy(...[tell, { underLoad, signal }]: Parameters<Engine['tidy']>): Promise<void> {
    return this.tidying.run(tell, { underLoad, signal: this.stopping(signal) });
  }

  composing(): void {
    this.tidying.composing();
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

  private stopping(signal?: AbortSignal): AbortSignal {
    return signal ? AbortSignal.any([signal, this.disposal.signal]) : this.disposal.signal;
  }

  private async release(): Promise<void> {
    this.disposal.abort();
    // Not for the answer's end: whoever reads its events may never ask for the next one. Its failure is theirs, too.
    await Promise.allSettled([this.step, this.idle.settled(), this.tidying.ended]);
    await this.memories.release();
    this.lent.release();
    await this.loaded.release();
  }
}
