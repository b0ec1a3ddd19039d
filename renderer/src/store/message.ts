import type { EngineErrorShape } from '../../../engine/errors.js';
import type {
  CompressionChoice,
  Forecast,
  GenerateTimings,
  SamplingOptions,
  StopReason,
} from '../../../engine/types.js';

/** What the user writes: a typed text, and long pasted pieces that are shown as one line each. */
export interface Draft {
  text: string;
  pasted: readonly string[];
}

export interface UserMessage extends Draft {
  id: string;
  role: 'user';
}

/** The figures of an answer that has ended. */
export interface AnswerFigures {
  promptTokens: number;
  reusedTokens: number;
  completionTokens: number;
  seed: number;
  timings: GenerateTimings;
}

export type AnswerState =
  /** Not sent yet: it goes to the engine as soon as a model is ready and nothing else is answered. */
  | { phase: 'queued' }
  /**
   * `processed` of `total` is a share of the work; `total` is 0 until the engine reports. `since`: when the first report
   * came, milliseconds; `first`: what was processed then.
   */
  | {
      phase: 'reading';
      processed: number;
      total: number;
      reused: number;
      promptTokens: number;
      since: number;
      first: number;
    }
  | { phase: 'writing'; tokens: number; timings: GenerateTimings }
  | { phase: 'done'; stopReason: StopReason; figures: AnswerFigures }
  | { phase: 'stopped'; figures: AnswerFigures | null }
  /** The app ended while it was under way. */
  | { phase: 'cut' }
  /** Another app wrote it; no more is known. */
  | { phase: 'imported' }
  | { phase: 'failed'; error: EngineErrorShape; figures: AnswerFigures | null };

/** It waits, or is being written. */
export function isUnderWay(
  state: AnswerState,
): state is Extract<AnswerState, { phase: 'queued' | 'reading' | 'writing' }> {
  return state.phase === 'queued' || state.phase === 'reading' || state.phase === 'writing';
}

/** With what an answer was asked for. */
export interface AskedWith {
  /** Absent: none. */
  systemPrompt?: string;
  sampling: Partial<SamplingOptions>;
  compression?: CompressionChoice;
  maxTokens?: number;
}

export interface Answer {
  /** Also the requestId of its frames. */
  id: string;
  role: 'assistant';
  text: string;
  /** A frame of it was lost: its text has a hole until the engine's result replaces it. */
  hasHole: boolean;
  state: AnswerState;
  /** What was forecast before it was asked for. */
  forecast?: Forecast;
  /** Once it was. */
  asked?: AskedWith;
  /** What the model that writes it is called. */
  model?: string;
  /** It was written on from here, UTF-16 units; what is told of it is told of what came since. */
  continuedFrom?: number;
}

/** Before the engine has reported. */
export const READING_BEGINS: AnswerState = {
  phase: 'reading',
  processed: 0,
  total: 0,
  reused: 0,
  promptTokens: 0,
  since: 0,
  first: 0,
};

export type Message = UserMessage | Answer;
