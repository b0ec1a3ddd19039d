import type { EngineErrorShape } from '../../engine/errors.js';
import type {
  ComparisonEvent,
  ComparisonForecast,
  ContextCost,
  Forecast,
  GenerateResult,
  GenerateTimings,
  KvStats,
  LoadProgress,
  MeasuringProgress,
  ModelInfo,
  PresetInfo,
  RuntimeInfo,
  StopReason,
  TextMemory,
} from '../../engine/types.js';

/** What the model in the engine process is doing. */
export type ModelState =
  | { state: 'none' }
  | { state: 'loading'; path: string; name: string; progress: LoadProgress }
  | {
      state: 'ready';
      model: ModelInfo;
      runtime: RuntimeInfo;
      /** Each with what it was measured to cost for this model. */
      presets: readonly PresetInfo[];
      leastBudgetBytes: number;
      loadMs: number;
      /** Of the engine process, and what it has of a device's memory; null: it runs on the processor. */
      residentBytes: number;
      deviceBytes: number | null;
    }
  | { state: 'failed'; path: string; error: EngineErrorShape };

/** What sending a message would come to, or why it would fail. `freeBytes`: left where K and V are. */
export type Outlook = { forecast: Forecast; freeBytes: number } | { error: EngineErrorShape };

/** The same of a comparison. */
export type ComparisonOutlook = { forecast: ComparisonForecast; freeBytes: number } | { error: EngineErrorShape };

/** Of what the presets cost on the loaded model. */
export type Measuring =
  | { state: 'paused' | 'running'; progress: MeasuringProgress }
  | { state: 'failed'; progress: MeasuringProgress; error: EngineErrorShape };

/**
 * What idle time makes of the memory. `done`, `total`: parts of the text, each in one layer; `planned`: about how many
 * tokens each layer will hold; `kv`: as it is then.
 */
export type Tidying =
  | { state: 'running'; done: number; total: number; planned: readonly number[] }
  | { state: 'done'; freedBytes: number; kv: KvStats }
  | { state: 'failed'; error: EngineErrorShape };

/** What becomes of a comparison, beside the answers of its sides. */
export type ComparisonStep = Exclude<ComparisonEvent, { type: 'side' }>;

/**
 * What travels engine process → renderer over the MessagePort. `seq` grows by one with each frame of a port, so that a
 * lost or doubled frame is seen. Text at most 30 frames a second, cache statistics at most 10.
 */
export type EngineFrame = { seq: number } & (
  | { type: 'model'; model: ModelState }
  /** `processed` of `total` is a share of the work; `promptTokens`: what there is to read, with what is `reused`. */
  | { type: 'prefill'; requestId: string; processed: number; total: number; reused: number; promptTokens: number }
  /** `text` is what came since the last frame; `tokens` all of this answer so far. */
  | { type: 'text'; requestId: string; text: string; tokens: number; timings: GenerateTimings }
  | { type: 'kv'; requestId: string | null; kv: KvStats }
  /** The memory is now that of this chat, which is looked at. */
  | { type: 'takenUp'; chatId: string; kv: KvStats }
  | { type: 'forecast'; requestId: string; outlook: Outlook }
  | { type: 'contextCosts'; costs: readonly ContextCost[] }
  /** Before each `end`, and when `inspectMemory` asks; null: no model is loaded. Bytes are as those of `ready`. */
  | {
      type: 'textMemory';
      requestId: string | null;
      memory: TextMemory | null;
      residentBytes: number;
      deviceBytes: number | null;
    }
  /** null: the presets are measured, or cannot be. */
  | { type: 'measuring'; measuring: Measuring | null }
  /** null: nothing is to be told. */
  | { type: 'tidying'; tidying: Tidying | null }
  | { type: 'tokenCount'; requestId: string; tokens: number }
  | { type: 'comparisonForecast'; requestId: string; outlook: ComparisonOutlook }
  /** Each side is an answer with frames of its own, under `sideId` of this requestId. */
  | { type: 'comparison'; requestId: string; step: ComparisonStep }
  | {
      type: 'end';
      requestId: string;
      end:
        | { type: 'done'; stopReason: StopReason; result: GenerateResult }
        | { type: 'aborted'; result: GenerateResult }
        | { type: 'error'; error: EngineErrorShape; result: GenerateResult | null };
    }
);

/** A frame before its port has numbered it. */
export type FrameBody = EngineFrame extends infer F ? (F extends EngineFrame ? Omit<F, 'seq'> : never) : never;
