import type { DeviceChoice, MeasuringOptions, ParkingOptions, Precision } from '../../engine/types.js';
import type { EngineCommand, EngineReport } from '../ipc/engine-messages.js';
import type { Move } from './models/library.js';

/** How models are loaded; null: as the model's file, or the processor, has it. */
export interface Loading {
  precision: Precision;
  contextLength: number | null;
  threads: number | null;
}

export interface ModelPlaces {
  /** The model that came with the app, and what it has to be. */
  bundledModel: { path: string; sha256: string };
  /** Where converted models are kept. */
  cacheFolder: string;
  measuring: MeasuringOptions;
  parking: ParkingOptions;
  /** What a model is to run on. */
  deviceOf: (path: string) => DeviceChoice;
}

export type LoadedModel = NonNullable<Extract<EngineReport, { type: 'model' }>['loaded']>;

/** The model that each engine process is to have, how it is loaded, and where it lies now. */
export class WantedModel {
  readonly #places: ModelPlaces;
  #path: string | null = null;
  /** Since it was asked for. */
  #moved: Move | null = null;
  #loading: Loading;

  constructor(places: ModelPlaces, loading: Loading) {
    this.#places = places;
    this.#loading = loading;
  }

  /** null: none is wanted. */
  get path(): string | null {
    return this.#path;
  }

  get loading(): Readonly<Loading> {
    return this.#loading;
  }

  choose(path: string | null): void {
    this.#path = path;
    this.#moved = null;
  }

  /** It lies somewhere else now, if it is the one: the next process loads it from there. */
  move(move: Move): void {
    if (this.#path !== move.from) return;
    this.#path = move.to;
    this.#moved = move;
  }

  loadAs(change: Partial<Loading>): void {
    this.#loading = { ...this.#loading, ...change };
  }

  /** null: none is wanted. */
  get device(): DeviceChoice | null {
    return this.#path === null ? null : this.#places.deviceOf(this.#path);
  }

  /**
   * null: none is wanted.
   * @param deviceFailed the device did so often that the processor is to take its place
   */
  loadCommand(deviceFailed: boolean): EngineCommand | null {
    const path = this.#path;
    if (path === null) return null;
    const { bundledModel, cacheFolder, measuring, parking, deviceOf } = this.#places;
    const sha256 = path === bundledModel.path ? bundledModel.sha256 : undefined;
    const how = { cacheFolder, measuring, parking, ...this.#loading, device: deviceOf(path), deviceFailed };
    return { type: 'load', path, ...(sha256 && { sha256 }), ...how };
  }

  /** Where it lies that was loaded: its load may have begun where it lay before. */
  whereNow(loaded: LoadedModel): LoadedModel {
    return loaded.path === this.#moved?.from ? { ...loaded, path: this.#moved.to } : loaded;
  }
}
