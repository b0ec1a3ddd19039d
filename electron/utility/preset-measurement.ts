import { EngineError, type EngineErrorShape } from '../../engine/errors.js';
import type { Engine, Logger, MeasuringProgress } from '../../engine/types.js';
import type { Measuring } from '../ipc/frames.js';

interface PresetMeasurementOptions {
  engine: () => Engine | null;
  logger: Logger;
  /** Null: there is nothing to measure. */
  onState: (state: Measuring | null) => void;
  /** The engine's presets have figures now: a change of the model. */
  onMeasured: () => void;
  onFailed: (error: EngineErrorShape) => void;
}

/** Measuring what the presets cost on the loaded model: begun and stopped by the user, gone on with at any later time. */
export class PresetMeasurement {
  readonly #options: PresetMeasurementOptions;
  #state: Measuring | null = null;
  #measuring: Engine | null = null;
  #stop = new AbortController();

  constructor(options: PresetMeasurementOptions) {
    this.#options = options;
  }

  get state(): Measuring | null {
    return this.#state;
  }

  /** After each change of the model. */
  async look(): Promise<void> {
    const engine = this.#options.engine();
    if (!engine) {
      if (this.#state) this.#show(null);
      return;
    }
    const progress = await engine.measuringProgress().catch((thrown) => this.#unknown(thrown));
    // It may have been begun meanwhile.
    if (engine === this.#options.engine() && engine !== this.#measuring) {
      this.#show(progress && { state: 'paused', progress });
    }
  }

  async start(): Promise<void> {
    const engine = this.#options.engine();
    if (!engine || !this.#state || this.#state.state === 'running') return;
    this.#stop = new AbortController();
    this.#measuring = engine;
    let { progress } = this.#state;
    this.#show({ state: 'running', progress });
    for await (const event of engine.measurePresets(this.#stop.signal)) {
      // Of a model that is gone nothing is shown any more.
      if (engine !== this.#options.engine()) continue;
      if (event.type !== 'measuring') this.#measuring = null;
      if (event.type === 'measuring') {
        const { done, total, msLeft } = event;
        progress = { done, total, msLeft };
        this.#show({ state: 'running', progress });
      } else if (event.type === 'error') {
        this.#options.logger.warn(`Measuring: ${event.error.code}: ${event.error.message}`);
        this.#show({ state: 'failed', progress, error: event.error });
        this.#options.onFailed(event.error);
      } else if (event.type === 'aborted') {
        this.#show({ state: 'paused', progress });
      } else {
        this.#options.onMeasured();
      }
    }
    if (this.#measuring === engine) this.#measuring = null;
  }

  stop(): void {
    this.#stop.abort();
  }

  #show(state: Measuring | null): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #unknown(thrown: unknown): MeasuringProgress | null {
    this.#options.logger.warn(`Nothing can be measured: ${EngineError.from(thrown).message}`);
    return null;
  }
}
