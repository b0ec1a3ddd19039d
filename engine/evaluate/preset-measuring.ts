import { readFile } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import type { CompressionConfig } from '../kv/compression-config.js';
import { writeMeasuredProfile } from '../kv/measured-profile.js';
import { presetConfig } from '../kv/presets.js';
import type { PresetProfile, Profile } from '../kv/profile.js';
import type { MeasuringEvent, MeasuringOptions, MeasuringProgress } from '../measuring-types.js';
import type { IdleTime } from '../runtime/idle/idle-time.js';
import type { Runtime } from '../runtime/load-runtime.js';
import type { PresetInfo, PresetName } from '../types.js';
import { CalibrationState } from './calibration-state.js';
import { describeMachine } from './describe-machine.js';
import { measuringPlan, measuringTexts, planKey, plannedWork } from './measuring-plan.js';
import { MeasuringRun } from './measuring-run.js';

const MEASURED: readonly PresetName[] = ['faithful', 'balanced', 'compact', 'paper'];

/** Each of them has figures, as it is now: some may have changed with the app. */
export function isMeasured(presets: readonly PresetInfo[]): boolean {
  return presets.every(({ name, measured }) => measured !== null || !MEASURED.includes(name));
}

/** Finds out in the background what the presets cost on the loaded model. */
export class PresetMeasuring {
  private running = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly idle: IdleTime,
    private readonly options: MeasuringOptions,
  ) {}

  /** Null: the context is too short. @throws EngineError REQUEST_INVALID for a text that cannot be read */
  async progress(): Promise<MeasuringProgress | null> {
    const { steps } = this.work();
    if (steps === 0) return null;
    const state = await this.openState(await this.readText());
    return { done: state.size, total: steps, msLeft: null };
  }

  /** @param onProfile hears of what was measured, when all is */
  async *run(signal: AbortSignal, onProfile: (profile: Profile) => void): AsyncGenerator<MeasuringEvent, void, void> {
    if (this.running) {
      const busy = new EngineError('ENGINE_BUSY', 'The presets are being measured already.');
      return yield { type: 'error', error: busy.toShape() };
    }
    this.running = true;
    try {
      onProfile(yield* this.measure(signal));
      yield { type: 'done' };
    } catch (thrown) {
      yield signal.aborted ? { type: 'aborted' } : { type: 'error', error: EngineError.from(thrown).toShape() };
    } finally {
      this.running = false;
    }
  }

  private async *measure(signal: AbortSignal): AsyncGenerator<MeasuringEvent, Profile, void> {
    const work = this.work();
    if (work.steps === 0) throw this.tooShort();
    const text = await this.readText();
    const state = await this.openState(text);
    yield { type: 'measuring', done: state.size, total: work.steps, msLeft: null };
    const texts = await measuringTexts(this.runtime, text, this.plan(), signal);
    const run = new MeasuringRun({ runtime: this.runtime, idle: this.idle, state, work, signal });
    const measured = yield* run.measure(texts, this.configs());
    const profile = this.profile(measured);
    await writeMeasuredProfile(this.options.folder, profile);
    await state.remove();
    return profile;
  }

  private profile(measured: readonly PresetProfile[]): Profile {
    const { info, config, precision } = this.runtime.model;
    return {
      modelHash: info.hash,
      modelName: info.name,
      numLayers: config.numLayers,
      date: new Date().toISOString().slice(0, 10),
      command: `Measured by the app, weights in ${precision} precision`,
      machine: describeMachine(),
      presets: Object.fromEntries(measured.map((one, i) => [MEASURED[i], one])),
    };
  }

  private configs(): CompressionConfig[] {
    const { info, config } = this.runtime.model;
    return MEASURED.map((name) => presetConfig(name, { hash: info.hash, numLayers: config.numLayers }));
  }

  private plan() {
    return measuringPlan(this.runtime.contextLength);
  }

  private work() {
    return plannedWork(this.plan(), MEASURED.length);
  }

  private openState(text: string): Promise<CalibrationState> {
    const { info, precision } = this.runtime.model;
    const presets = this.configs();
    return CalibrationState.open(this.options.folder, {
      model: info.hash,
      precision,
      presets,
      ...planKey(this.plan(), text),
    });
  }

  private async readText(): Promise<string> {
    const { textFile } = this.options;
    try {
      return await readFile(textFile, 'utf8');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `The text to measure on cannot be read: ${reason}. Install the app again, or mend the file.`;
      throw new EngineError('REQUEST_INVALID', message, { path: textFile }, { cause });
    }
  }

  private tooShort(): EngineError {
    const { contextLength } = this.runtime;
    return new EngineError('REQUEST_INVALID', `A context of ${contextLength} tokens is too short to be measured.`, {
      contextLength,
    });
  }
}
