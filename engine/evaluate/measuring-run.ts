import type { CompressionConfig } from '../kv/compression-config.js';
import type { PresetProfile } from '../kv/profile.js';
import type { MeasuringEvent } from '../measuring-types.js';
import type { IdleTime } from '../runtime/idle/idle-time.js';
import type { Runtime } from '../runtime/load-runtime.js';
import type { PresetMeasurement } from '../types.js';
import type { CalibrationState, MeasurementKind } from './calibration-state.js';
import { compareWindow, readReference, type WindowOutcome, type WindowReference } from './continuation.js';
import { type AnsweredCase, Interview } from './interview.js';
import { presetMeasurement, retrievalMeasurement } from './measure-preset.js';
import { CASE_TOKENS, type MeasuringTexts, type PlannedWork } from './measuring-plan.js';
import { FULL_CACHE, withMemory } from './memories.js';
import type { RetrievalCase } from './retrieval-cases.js';
import type { TextWindow } from './windows.js';

interface MeasuringRunOptions {
  runtime: Runtime;
  idle: IdleTime;
  state: CalibrationState;
  work: PlannedWork;
  signal: AbortSignal;
}

/** Yields how far it has come and returns what was found. */
type Measuring<Found> = AsyncGenerator<MeasuringEvent, Found, void>;

interface Step<Found> {
  kind: MeasurementKind;
  key: object;
  /** Read and written. */
  tokens: number;
  measure: (stop: AbortSignal) => Promise<Found>;
}

/** Measures presets window by window and case by case, each in idle time; what was found before is not measured again. */
export class MeasuringRun {
  private done = 0;
  private tokensDone = 0;
  /** Of the steps of this run. */
  private readonly spent = { tokens: 0, ms: 0 };
  /** Of the window that was read last: those of all would take hundreds of MB. */
  private reference: WindowReference | null = null;

  constructor(private readonly options: MeasuringRunOptions) {}

  async *measure(
    { windows, cases }: MeasuringTexts,
    configs: readonly CompressionConfig[],
  ): Measuring<PresetProfile[]> {
    const continuation: PresetMeasurement[][] = configs.map(() => []);
    for (const length of windows) {
      const outcomes: WindowOutcome[][] = configs.map(() => []);
      for (const window of length.windows) {
        for (const [i, config] of configs.entries()) outcomes[i].push(yield* this.window(config, window));
      }
      for (const [i, found] of outcomes.entries()) continuation[i].push(presetMeasurement(found, length.windows[0]));
    }
    const full: AnsweredCase[] = [];
    const compressed: AnsweredCase[][] = configs.map(() => []);
    for (const asked of cases) {
      full.push(yield* this.answers(FULL_CACHE, asked));
      for (const [i, config] of configs.entries()) compressed[i].push(yield* this.answers(config, asked));
    }
    return configs.map((config, i) => ({
      config,
      measured: {
        continuation: continuation[i],
        retrieval: cases.length > 0 ? [retrievalMeasurement('later', full, compressed[i])] : [],
      },
    }));
  }

  private window(config: CompressionConfig, window: TextWindow): Measuring<WindowOutcome> {
    const { runtime } = this.options;
    return this.step({
      kind: 'continuation',
      key: { config, window },
      tokens: window.prefix.length + window.continuation.length,
      measure: async (signal) => {
        if (this.reference?.window !== window) {
          this.reference = await withMemory(runtime, FULL_CACHE, (full) => readReference(full, window, signal));
        }
        const reference = this.reference;
        const options = { generationEviction: false, signal };
        return withMemory(runtime, config, (memory) => compareWindow(memory, reference, options));
      },
    });
  }

  private answers(config: CompressionConfig, asked: RetrievalCase): Measuring<AnsweredCase> {
    const { runtime } = this.options;
    return this.step({
      kind: 'retrieval',
      key: { config, asked },
      tokens: CASE_TOKENS,
      measure: (signal) =>
        withMemory(runtime, config, (memory) =>
          new Interview(runtime, memory, { mode: 'later', exact: config === FULL_CACHE }).hold(asked, 1, signal),
        ),
    });
  }

  private async *step<Found>({ kind, key, tokens, measure }: Step<Found>): Measuring<Found> {
    const { state, idle, work, signal } = this.options;
    const found = await state.remembered(kind, key, () =>
      idle.run((stop) => this.timed(tokens, measure(stop)), signal),
    );
    this.done++;
    this.tokensDone += tokens;
    const { spent } = this;
    const msLeft = spent.tokens === 0 ? null : (work.tokens - this.tokensDone) * (spent.ms / spent.tokens);
    yield { type: 'measuring', done: this.done, total: work.steps, msLeft: msLeft && Math.max(0, msLeft) };
    return found;
  }

  private async timed<Found>(tokens: number, measured: Promise<Found>): Promise<Found> {
    const began = performance.now();
    const found = await measured;
    this.spent.tokens += tokens;
    this.spent.ms += performance.now() - began;
    return found;
  }
}
