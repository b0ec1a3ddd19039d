import type { AppSettings } from '../ipc/app-settings.js';

type Mode = AppSettings['tidying'];

/** The part of Electron's powerMonitor that is needed. */
export interface Power {
  isOnBatteryPower(): boolean;
  on(event: 'on-ac' | 'on-battery', listener: () => void): unknown;
}

interface TidyingOptions {
  power: Power;
  settings: () => { tidying: Mode };
  engine: { setTidying(mode: Mode): void };
}

/** Not every system says when its plug is pulled: it is asked so often. */
const ASK_MS = 60_000;

/** Tells the engine whether idle time is to be spent, as the settings have it and the power supply allows. */
export class TidyingByPower {
  readonly #options: TidyingOptions;

  constructor(options: TidyingOptions) {
    this.#options = options;
  }

  /** Once the app is ready. */
  start(): void {
    const { power } = this.#options;
    power.on('on-ac', () => this.tell());
    power.on('on-battery', () => this.tell());
    setInterval(() => this.tell(), ASK_MS).unref();
    this.tell();
  }

  tell(): void {
    const { power, settings, engine } = this.#options;
    const { tidying } = settings();
    engine.setTidying(tidying === 'idle' && power.isOnBatteryPower() ? 'off' : tidying);
  }
}
