import { EngineError } from '../../engine/errors.js';
import type { Engine, Logger, TidyingEvent } from '../../engine/types.js';
import type { AppSettings } from '../ipc/app-settings.js';
import type { Tidying } from '../ipc/frames.js';

type Mode = AppSettings['tidying'];

interface MemoryTidyingOptions {
  engine: () => Engine | null;
  logger: Logger;
  /** Null: nothing to be told. */
  onState: (state: Tidying | null) => void;
}

/** Has the loaded model's memory tidied in idle time, as the settings and the power supply allow. */
export class MemoryTidying {
  readonly #options: MemoryTidyingOptions;
  /** Until main says otherwise. */
  #mode: Mode = 'off';
  /** What runs: for this engine, in this mode. */
  #running: { engine: Engine; mode: Mode; stop: AbortController } | null = null;
  #state: Tidying | null = null;

  constructor(options: MemoryTidyingOptions) {
    this.#options = options;
  }

  get state(): Tidying | null {
    return this.#state;
  }

  set(mode: Mode): void {
    this.#mode = mode;
    this.look();
  }

  /** After each change of the model. */
  look(): void {
    const mode = this.#mode;
    const engine = mode === 'off' ? null : this.#options.engine();
    if (engine === (this.#running?.engine ?? null) && (!engine || mode === this.#running?.mode)) return;
    this.#running?.stop.abort();
    this.#running = null;
    this.#show(null);
    if (engine) this.#start(engine, mode);
  }

  #start(engine: Engine, mode: Mode): void {
    const stop = new AbortController();
    this.#running = { engine, mode, stop };
    const tell = (event: TidyingEvent) => {
      if (!stop.signal.aborted) this.#show(this.#stateAfter(event));
    };
    engine.tidy(tell, { underLoad: mode === 'always', signal: stop.signal }).catch((thrown: unknown) => {
      this.#options.logger.warn(`Tidying ended: ${EngineError.from(thrown).message}`);
    });
  }

  #stateAfter(event: TidyingEvent): Tidying | null {
    switch (event.type) {
      case 'tidying':
        return { state: 'running', done: event.done, total: event.total, planned: event.planned };
      case 'tidied':
        return { state: 'done', freedBytes: event.freedBytes, kv: event.kv };
      case 'outdated':
        return null;
      case 'error':
        this.#options.logger.warn(`Tidying: ${event.error.code}: ${event.error.message}`);
        return { state: 'failed', error: event.error };
    }
  }

  #show(state: Tidying | null): void {
    if (!state && !this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
