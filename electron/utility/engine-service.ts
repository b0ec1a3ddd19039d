import { freemem, totalmem } from 'node:os';
import { EngineError, type EngineErrorShape } from '../../engine/errors.js';
import { fitOf, forecastModel } from '../../engine/index.js';
import type { CreateEngineOptions, Engine, Logger } from '../../engine/types.js';
import type { CountCall } from '../ipc/attachment-contract.js';
import type { CallInput, CompareCall, ConversationCall } from '../ipc/contract.js';
import type { EngineCommand, EngineReport, ModelQuestion } from '../ipc/engine-messages.js';
import type { ComparisonOutlook, ModelState, Outlook } from '../ipc/frames.js';
import { aboutModel } from './about-model.js';
import { Answers } from './answers.js';
import { FrameBatcher } from './frame-batcher.js';
import { FramePort, type WindowPort } from './frame-port.js';
import { MemoryTidying } from './memory-tidying.js';
import { ModelSlot } from './model-slot.js';
import type { Clock } from './paced.js';
import { PresetMeasurement } from './preset-measurement.js';

interface EngineServiceOptions {
  createEngine: (options: CreateEngineOptions) => Promise<Engine>;
  clock: Clock;
  /** To main. */
  report: (report: EngineReport) => void;
}

/** What the engine process does for main and for the window: it ties model, answers and frames together. */
export class EngineService {
  readonly #report: EngineServiceOptions['report'];
  readonly #logger: Logger;
  readonly #port: FramePort;
  readonly #frames: FrameBatcher;
  readonly #slot: ModelSlot;
  readonly #answers: Answers;
  readonly #measurement: PresetMeasurement;
  readonly #tidying: MemoryTidying;
  #forecasting = new AbortController();

  constructor({ createEngine, clock, report }: EngineServiceOptions) {
    this.#report = report;
    this.#logger = {
      info: (message) => report({ type: 'log', level: 'info', message }),
      warn: (message) => report({ type: 'log', level: 'warn', message }),
    };
    this.#port = new FramePort(() => void this.#answers.endAll());
    this.#frames = new FrameBatcher(clock, (body) => this.#port.send(body));
    this.#slot = new ModelSlot({
      createEngine,
      logger: this.#logger,
      endAnswers: () => this.#answers.endRunning(),
      onState: (model) => this.#showModel(model),
    });
    this.#answers = new Answers({
      frames: this.#frames,
      logger: this.#logger,
      engine: () => this.#slot.engine,
      modelState: () => this.#slot.state,
      showText: (requestId) => this.#showText(requestId),
      connected: () => this.#port.connected,
      onFailed: (error) => this.#lookForDevice(error),
    });
    this.#measurement = new PresetMeasurement({
      engine: () => this.#slot.engine,
      logger: this.#logger,
      onState: (measuring) => this.#port.send({ type: 'measuring', measuring }),
      onMeasured: () => this.#slot.showPresets(),
      onFailed: (error) => this.#lookForDevice(error),
    });
    this.#tidying = new MemoryTidying({
      engine: () => this.#slot.engine,
      logger: this.#logger,
      onState: (tidying) => {
        this.#port.send({ type: 'tidying', tidying });
        if (tidying?.state === 'done') this.#showText(null);
        if (tidying?.state === 'failed') this.#lookForDevice(tidying.error);
      },
    });
  }

  /** Everything but `quit`; `ports` came with the command. */
  obey(command: Exclude<EngineCommand, { type: 'quit' }>, ports: readonly WindowPort[]): void {
    if (command.type === 'connect') this.#connect(ports[0]);
    else if (command.type === 'load') this.#slot.load(command);
    else if (command.type === 'eject') void this.#slot.eject();
    else if (command.type === 'generate' || command.type === 'reread') this.#answers.ask(command);
    else if (command.type === 'inspect') this.#showText(null);
    else if (command.type === 'takeUp') void this.#takeUp(command.chatId).catch((thrown) => this.#note(thrown));
    else if (command.type === 'forget') void this.#slot.parking?.forget(command.chatIds);
    else if (command.type === 'removeParked') void this.#slot.parking?.removeAll();
    else if (command.type === 'forecast') void this.#forecast(command.request);
    else if (command.type === 'costContexts') this.#costContexts(command);
    else if (command.type === 'countTokens') void this.#countTokens(command.request);
    else if (command.type === 'compare') this.#answers.compare(command.request);
    else if (command.type === 'forecastModels') this.#forecastModels(command.question);
    else if (command.type === 'forecastComparison') void this.#forecastComparison(command.request);
    else if (command.type === 'tidy') this.#tidying.set(command.mode);
    else if (command.type === 'composing') this.#slot.engine?.composing();
    else if (command.type === 'measurePresets') void this.#measurement.start();
    else if (command.type === 'stopMeasuring') this.#measurement.stop();
    else this.#answers.stop(command.requestId);
  }

  /** Without a model nothing is answered: the window asks again when there is one. */
  async #forecastComparison({ requestId, ...request }: CompareCall): Promise<void> {
    const { engine } = this.#slot;
    const freeBytes = engine?.room().freeBytes ?? 0;
    const outlook = await engine?.forecastComparison(request, { freeBytes }).then(
      (forecast): ComparisonOutlook => ({ forecast, freeBytes }),
      (thrown: unknown): ComparisonOutlook => ({ error: EngineError.from(thrown).toShape() }),
    );
    if (outlook) this.#port.send({ type: 'comparisonForecast', requestId, outlook });
  }

  async #takeUp(chatId: string): Promise<void> {
    const engine = this.#slot.engine;
    const isTaken = await engine?.parking.takeUp(chatId);
    if (!engine || !isTaken || this.#slot.engine !== engine || engine.parking.currentChat !== chatId) return;
    this.#port.send({ type: 'takenUp', chatId, kv: engine.kvStats() });
    this.#showText(null);
  }

  #costContexts({ compression }: CallInput<'costContexts'>): void {
    const costs = this.#slot.engine?.contextCosts(compression);
    if (costs) this.#port.send({ type: 'contextCosts', costs });
  }

  /** As long as the model that was asked stays. */
  async #countTokens({ requestId, text }: CountCall): Promise<void> {
    const engine = this.#slot.engine;
    const tokens = await engine?.countTokens(text);
    if (tokens !== undefined && this.#slot.engine === engine)
      this.#port.send({ type: 'tokenCount', requestId, tokens });
  }

  #note(thrown: unknown): void {
    this.#logger.warn(`The chat’s memory is not taken up: ${EngineError.from(thrown).message}`);
  }

  /** Of what was asked last alone. */
  async #forecast({ requestId, ...request }: ConversationCall): Promise<void> {
    this.#forecasting.abort();
    this.#forecasting = new AbortController();
    const { signal } = this.#forecasting;
    const engine = this.#slot.engine;
    if (!engine) return;
    const outlook = await engine.forecast(request, signal).then(
      (forecast): Outlook => ({ forecast, freeBytes: engine.room().freeBytes }),
      (thrown: unknown): Outlook => ({ error: EngineError.from(thrown).toShape() }),
    );
    if (!signal.aborted) this.#port.send({ type: 'forecast', requestId, outlook });
  }

  #forecastModels({ id, outlines, use }: ModelQuestion): void {
    const memory = { freeBytes: freemem(), totalBytes: totalmem() };
    const forecasts = outlines.map((outline) => {
      const forecast = forecastModel(outline, use);
      if ('error' in forecast) return forecast;
      return { ...forecast, fit: fitOf(forecast.weightsBytes + forecast.kvBytes, memory) };
    });
    this.#report({ type: 'modelForecasts', id, forecasts, ...memory });
  }

  /** `requestId`: of the answer that ends; null: somebody asked. */
  #showText(requestId: string | null): void {
    const { engine } = this.#slot;
    const memory = engine?.textMemory() ?? null;
    const bytes = { residentBytes: process.memoryUsage.rss(), deviceBytes: engine?.room().deviceBytes ?? null };
    this.#port.send({ type: 'textMemory', requestId, memory, ...bytes });
  }

  /** Ends what runs and releases the model; what waits is main's again, for the process after this one. */
  async end(): Promise<void> {
    const command = this.#answers.giveUpQueued();
    if (command) this.#report({ type: 'unanswered', command });
    await this.#answers.endRunning();
    await this.#slot.end();
  }

  /** Whether it is gone, now that something failed. */
  #lookForDevice({ code }: EngineErrorShape): void {
    if (code !== 'DEVICE_LOST') return;
    this.#slot.leaveToNext();
    this.#report({ type: 'deviceLost' });
  }

  #showModel(model: ModelState): void {
    if (model.state === 'failed') {
      this.#logger.warn(`${model.path}: ${model.error.code}: ${model.error.message}`);
      this.#lookForDevice(model.error);
      // It is shown as one that is opened again.
      if (model !== this.#slot.state) return;
    }
    this.#frames.model(model);
    const loaded = model.state === 'ready' && { path: model.model.path, hash: model.model.hash };
    const ready = loaded && { loaded, onDevice: this.#slot.engine?.runtime.device !== undefined };
    this.#report({ type: 'model', state: model.state, about: aboutModel(model), ...ready });
    if (this.#slot.engine) this.#frames.kv({ requestId: null, kv: this.#slot.engine.kvStats() });
    void this.#measurement.look();
    this.#tidying.look();
    this.#answers.advance();
  }

  /** A window that comes anew learns the present state first; what it missed is gone. */
  #connect(port: WindowPort | undefined): void {
    if (!port) throw new TypeError('`connect` came without a port.');
    this.#port.connect(port);
    this.#port.send({ type: 'model', model: this.#slot.state });
    this.#port.send({ type: 'measuring', measuring: this.#measurement.state });
    this.#port.send({ type: 'tidying', tidying: this.#tidying.state });
    // What tidying left may have been added to.
    if (this.#slot.engine) this.#port.send({ type: 'kv', requestId: null, kv: this.#slot.engine.kvStats() });
    this.#answers.advance();
  }
}
