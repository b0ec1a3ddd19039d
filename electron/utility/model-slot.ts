import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EngineError } from '../../engine/errors.js';
import type {
  CreateEngineOptions,
  DeviceChoice,
  Engine,
  LoadProgress,
  Logger,
  MeasuringOptions,
  Parking,
  ParkingOptions,
  Precision,
} from '../../engine/types.js';
import type { ModelState } from '../ipc/frames.js';

interface ModelSlotOptions {
  createEngine: (options: CreateEngineOptions) => Promise<Engine>;
  logger: Logger;
  onState: (state: ModelState) => void;
  /** Ends the running answer; an engine must not be released under it. */
  endAnswers: () => Promise<void>;
}

interface LoadRequest {
  path: string;
  sha256?: string;
  cacheFolder: string;
  precision: Precision;
  measuring: MeasuringOptions;
  parking: ParkingOptions;
  /** Most tokens; null: the model's own. */
  contextLength: number | null;
  /** null: one for each core. */
  threads: number | null;
  device: DeviceChoice;
  deviceFailed: boolean;
}

/** The one model that is loaded, or being loaded. The last wish counts: a load that is no longer wanted is aborted. */
export class ModelSlot {
  readonly #options: ModelSlotOptions;
  #state: ModelState = { state: 'none' };
  #engine: Engine | null = null;
  #parking: Parking | null = null;
  /** With which the model is loaded or being loaded. */
  #loading: Pick<LoadRequest, 'precision' | 'contextLength' | 'device' | 'deviceFailed'> | null = null;
  #wish = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: ModelSlotOptions) {
    this.#options = options;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** Of the last engine that was there: while it is released, it still writes what it had in memory. */
  get parking(): Pick<Parking, 'forget' | 'removeAll'> | null {
    return this.#parking;
  }

  /** The engine to answer with; null unless the state is `ready`. */
  get engine(): Engine | null {
    return this.#state.state === 'ready' ? this.#engine : null;
  }

  load({ path, contextLength, threads, ...request }: LoadRequest): void {
    const { precision, device, deviceFailed } = request;
    const loading = { precision, contextLength, device, deviceFailed };
    if (this.#holds(path) && isDeepStrictEqual(this.#loading, loading)) {
      this.#options.onState(this.#state);
      return;
    }
    this.#loading = loading;
    const { signal } = this.#wishAnew();
    const showProgress: CreateEngineOptions['onProgress'] = (progress) => {
      if (!signal.aborted) this.#setState(loadingState(path, progress));
    };
    this.#setState(loadingState(path));
    this.#work = this.#work.then(async () => {
      await this.#release();
      if (signal.aborted) return;
      const { createEngine, logger } = this.#options;
      await this.#fill(
        path,
        signal,
        createEngine({
          ...request,
          modelPath: path,
          orProcessor: true,
          contextLength: contextLength ?? undefined,
          threads: threads ?? undefined,
          logger,
          signal,
          onProgress: showProgress,
        }),
      );
    });
  }

  /** Resolves when the model's memory has been released. */
  eject(): Promise<void> {
    this.#wishAnew();
    this.#setState({ state: 'none' });
    this.#work = this.#work.then(() => this.#release());
    return this.#work;
  }

  /** The next process opens the model: until it does, whoever needs one waits. */
  leaveToNext(): void {
    const { state } = this.#state;
    const path = this.#path;
    if (state !== 'loading' && path !== null) this.#setState(loadingState(path));
  }

  /** As `eject`, at the end of the process. */
  end(): Promise<void> {
    this.#wishAnew();
    this.leaveToNext();
    this.#work = this.#work.then(() => this.#release());
    return this.#work;
  }

  /** The engine's presets have changed. */
  showPresets(): void {
    if (this.#state.state === 'ready' && this.#engine)
      this.#setState({ ...this.#state, presets: this.#engine.presets });
  }

  #holds(path: string): boolean {
    return this.#state.state !== 'failed' && this.#path === path;
  }

  /** Of what is loaded, or was to be. */
  get #path(): string | null {
    if (this.#state.state === 'none') return null;
    return this.#state.state === 'ready' ? this.#state.model.path : this.#state.path;
  }

  #wishAnew(): AbortController {
    this.#wish.abort();
    this.#wish = new AbortController();
    return this.#wish;
  }

  async #fill(path: string, signal: AbortSignal, created: Promise<Engine>): Promise<void> {
    try {
      const engine = await created;
      if (signal.aborted) {
        await engine.dispose();
        return;
      }
      this.#engine = engine;
      this.#parking = engine.parking;
      const { model, runtime, presets, leastBudgetBytes, loadMs } = engine;
      const bytes = { residentBytes: process.memoryUsage.rss(), deviceBytes: engine.room().deviceBytes };
      this.#setState({ state: 'ready', model, runtime, presets, leastBudgetBytes, loadMs, ...bytes });
    } catch (thrown) {
      if (!signal.aborted) this.#setState({ state: 'failed', path, error: EngineError.from(thrown).toShape() });
    }
  }

  async #release(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    if (!engine) return;
    await this.#options.endAnswers();
    await engine.dispose();
  }

  #setState(state: ModelState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

const BEGINNING: LoadProgress = { phase: 'check', fraction: 0, bytesDone: 0, bytesTotal: 0 };

function loadingState(path: string, progress = BEGINNING): ModelState {
  return { state: 'loading', path, name: basename(path), progress };
}
