import type { EngineErrorShape } from './errors.js';

export interface MeasuringOptions {
  /** Prose, a paragraph a line, UTF-8. */
  textFile: string;
  /** Where what was measured is kept, step by step. */
  folder: string;
}

/** How far measuring has come. `msLeft`: by the steps since it was begun; null: there are none yet. */
export interface MeasuringProgress {
  done: number;
  total: number;
  msLeft: number | null;
}

/** Measuring ends with exactly one of `done`, `aborted`, `error`. */
export type MeasuringEvent =
  | ({ type: 'measuring' } & MeasuringProgress)
  /** Engine.presets has the figures now. */
  | { type: 'done' }
  | { type: 'aborted' }
  | { type: 'error'; error: EngineErrorShape };

/** Finding out what the presets cost on a model that has no profile. */
export interface Measuring {
  /** Null: the presets are measured, or cannot be: no text, or too short a context. */
  measuringProgress(): Promise<MeasuringProgress | null>;
  /**
   * Measures on memories of its own, while no answer runs: an answer goes first, and stops one step at most, which is
   * done again. Stopped and begun again, it goes on where it was, also after the model was loaded anew.
   */
  measurePresets(signal?: AbortSignal): AsyncGenerator<MeasuringEvent, void, void>;
}
