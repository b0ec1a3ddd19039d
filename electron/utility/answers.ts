import { EngineError, type EngineErrorCode, type EngineErrorShape } from '../../engine/errors.js';
import type { Engine, EngineEvent, GenerateResult, KvStats, Logger } from '../../engine/types.js';
import type { CompareCall } from '../ipc/contract.js';
import type { AskCommand } from '../ipc/engine-messages.js';
import type { ComparisonStep, ModelState } from '../ipc/frames.js';
import { sideId } from '../ipc/side-id.js';
import type { FrameBatcher } from './frame-batcher.js';

interface AnswersOptions {
  frames: FrameBatcher;
  logger: Logger;
  /** The engine to answer with, if one is ready. */
  engine: () => Engine | null;
  modelState: () => ModelState;
  /** Sends the text as the engine has it, and what is held of it. */
  showText: (requestId: string) => void;
  /** Whether somebody listens: an answer to nobody is not begun. */
  connected: () => boolean;
  /** An answer or a comparison did, whose end is told after this. */
  onFailed: (error: EngineErrorShape) => void;
}

/** An answer, a conversation that is read again, or a comparison. */
interface Running {
  requestId: string;
  abort: AbortController;
  ended: Promise<void>;
}

type EndEvent = Extract<EngineEvent, { type: 'done' | 'aborted' | 'error' }>;

const EMPTY_KV: KvStats = {
  tokensSeen: 0,
  contextLength: 0,
  bytesInUse: 0,
  bytesAllocated: 0,
  fullFp16Bytes: 0,
  keptFraction: 1,
  dtype: 'float32',
  compression: { preset: 'off' },
  budgetBytes: null,
  generatedTokens: 0,
  reading: false,
  drops: 0,
  layers: [],
};

/**
 * Runs one answer at a time and sees to it that each request gets exactly one `end`. One more request may wait: for the
 * model that is being loaded, for the window to connect, or for an answer that is being stopped.
 */
export class Answers {
  readonly #options: AnswersOptions;
  #running: Running | null = null;
  #queued: AskCommand | null = null;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  ask(command: AskCommand): void {
    const { requestId } = command.request;
    if (requestId === this.#running?.requestId || requestId === this.#queued?.request.requestId) {
      this.#options.logger.warn(`Request ${requestId} came twice; the second is ignored.`);
      return;
    }
    if (this.#queued || (this.#running && !this.#running.abort.signal.aborted)) {
      this.#refuse(requestId, 'ENGINE_BUSY', 'Another answer is being written. Wait for its end, or stop it first.');
      return;
    }
    this.#queued = command;
    this.advance();
  }

  /** Begins at once or not at all: a comparison waits for nothing. */
  compare(call: CompareCall): void {
    const engine = this.#options.engine();
    if (this.#running || this.#queued) {
      this.#refuseComparison(call, 'ENGINE_BUSY', 'An answer is being written. Wait for its end, or stop it first.');
    } else if (!engine) {
      this.#refuseComparison(call, 'ENGINE_NOT_READY', 'No model is loaded. Choose one first.');
    } else {
      const { requestId } = call;
      this.#begin(requestId, async (signal) => {
        const step = await this.#runComparison(engine, call, signal);
        return () => {
          if (step.type === 'error') this.#options.onFailed(step.error);
          this.#options.frames.comparison({ requestId, step });
        };
      });
    }
  }

  stop(requestId: string): void {
    if (requestId === this.#running?.requestId) this.#running.abort.abort();
    if (requestId === this.#queued?.request.requestId) this.#dropQueued();
  }

  /** Starts or refuses the request that waits, if what it waits for has come about. */
  advance(): void {
    if (!this.#queued || this.#running || !this.#options.connected()) return;
    const model = this.#options.modelState();
    if (model.state === 'loading') return;
    const command = this.#queued;
    const { requestId } = command.request;
    this.#queued = null;
    const engine = this.#options.engine();
    if (engine) this.#start(engine, command);
    else if (model.state === 'failed') {
      this.#refuse(requestId, 'ENGINE_NOT_READY', `The model could not be loaded: ${model.error.message}`);
    } else this.#refuse(requestId, 'ENGINE_NOT_READY', 'No model is loaded. Choose one first.');
  }

  /** What waits is somebody else's to answer from here on. */
  giveUpQueued(): AskCommand | null {
    const command = this.#queued;
    this.#queued = null;
    return command;
  }

  /** Stops what runs and drops what waits; resolves when the engine is idle. */
  async endAll(): Promise<void> {
    this.#dropQueued();
    await this.endRunning();
  }

  /** Stops what runs; resolves when the engine is idle. */
  async endRunning(): Promise<void> {
    this.#running?.abort.abort();
    await this.#running?.ended;
  }

  #dropQueued(): void {
    const requestId = this.giveUpQueued()?.request.requestId;
    if (requestId !== undefined)
      this.#options.frames.end({ requestId, end: { type: 'aborted', result: this.#unbegun() } });
  }

  #unbegun(): GenerateResult {
    const timings = { prefillMs: 0, firstTokenMs: null, decodeMsPerToken: null };
    const kv = this.#options.engine()?.kvStats() ?? EMPTY_KV;
    return { text: '', promptTokens: 0, reusedTokens: 0, completionTokens: 0, seed: 0, timings, kv };
  }

  #refuse(requestId: string, code: EngineErrorCode, message: string): void {
    this.#options.frames.end({ requestId, end: { type: 'error', error: { code, message }, result: null } });
  }

  #refuseComparison({ requestId }: CompareCall, code: EngineErrorCode, message: string): void {
    this.#options.frames.comparison({ requestId, step: { type: 'error', error: { code, message } } });
  }

  #start(engine: Engine, command: AskCommand): void {
    const { requestId } = command.request;
    this.#begin(requestId, async (signal) => {
      const end = await this.#run(engine, command, signal);
      return () => {
        // The next turn may write over it.
        this.#options.showText(requestId);
        this.#end(requestId, end);
      };
    });
  }

  /** `run` resolves to what is to be told when the engine is idle again. */
  #begin(requestId: string, run: (signal: AbortSignal) => Promise<() => void>): void {
    const abort = new AbortController();
    this.#options.frames.begin();
    const ended = run(abort.signal).then((tell) => {
      this.#running = null;
      tell();
      this.advance();
    });
    this.#running = { requestId, abort, ended };
  }

  #end(requestId: string, end: EndEvent): void {
    // At the end the window asks for what is next: it has to know by then whether there is still an engine.
    if (end.type === 'error') this.#options.onFailed(end.error);
    this.#showEnd(requestId, end);
  }

  #showEnd(requestId: string, end: EndEvent): void {
    const { frames } = this.#options;
    // One that failed or was stopped before it read leaves what another chat left; what it read was shown as it was read.
    const hasRead = end.type !== 'error' && end.result.promptTokens > 0;
    if (hasRead) frames.kv({ requestId, kv: end.result.kv });
    frames.end({ requestId, end });
  }

  async #run(engine: Engine, { type, request }: AskCommand, signal: AbortSignal): Promise<EndEvent> {
    const { requestId, ...asked } = request;
    try {
      for await (const event of engine[type](asked, signal)) {
        if (event.type === 'prefill' || event.type === 'token') this.#show(requestId, event);
        else return event;
      }
      throw new EngineError('INTERNAL', 'The engine ended an answer without saying how.');
    } catch (thrown) {
      return { type: 'error', error: EngineError.from(thrown).toShape(), result: null };
    }
  }

  /** → its end. */
  async #runComparison(
    engine: Engine,
    { requestId, ...request }: CompareCall,
    signal: AbortSignal,
  ): Promise<ComparisonStep> {
    try {
      for await (const event of engine.compare(request, { freeBytes: engine.room().freeBytes, signal })) {
        if (event.type === 'side') this.#showSide(sideId(requestId, event.side), event.event);
        else if (event.type === 'written' || event.type === 'checking') {
          this.#options.frames.comparison({ requestId, step: event });
        } else return event;
      }
      throw new EngineError('INTERNAL', 'The engine ended a comparison without saying how.');
    } catch (thrown) {
      return { type: 'error', error: EngineError.from(thrown).toShape() };
    }
  }

  #showSide(requestId: string, event: EngineEvent): void {
    if (event.type === 'prefill' || event.type === 'token') this.#show(requestId, event);
    // The comparison itself tells what failed, once.
    else this.#showEnd(requestId, event);
  }

  #show(requestId: string, event: Extract<EngineEvent, { type: 'prefill' | 'token' }>): void {
    const { frames } = this.#options;
    const { kv } = event;
    if (event.type === 'prefill') {
      const { processed, total, reused } = event;
      frames.prefill({ requestId, processed, total, reused, promptTokens: kv.tokensSeen });
    } else {
      const { text, tokens, timings } = event;
      frames.text({ requestId, text, tokens, timings });
    }
    frames.kv({ requestId, kv });
  }
}
