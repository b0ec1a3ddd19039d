import type { AppInfo, OpenedTrace } from '../../../electron/ipc/contract.js';
import type { Measuring, ModelState, Outlook } from '../../../electron/ipc/frames.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import type {
  CompressionChoice,
  Forecast,
  GenerateTimings,
  KvStats,
  SamplingOptions,
  StopReason,
  TextMemory,
} from '../../../engine/types.js';
import type { Pins } from '../pins/pins.js';
import type { Comparison } from './comparison.js';
import type { AnswerBegins, Recorder } from './recorder.js';
import type { UpdateState } from './update-actions.js';

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
  /** Not sent yet: it goes to the engine as soon as a model is ready. */
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
  | { phase: 'failed'; error: EngineErrorShape; figures: AnswerFigures | null };

/** With what an answer was asked for. */
export interface AskedWith {
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

export interface Chat {
  id: string;
  /** From its first message. */
  title: string;
  messageIds: readonly string[];
}

export type EngineLink =
  | { state: 'connecting' }
  | { state: 'running' }
  | { state: 'restarting'; reason: string }
  | { state: 'down'; reason: string };

/** Told until the user closes it or answers again. `answerId`: the answer that the crash cut short. */
export interface Crash {
  reason: string;
  answerId: string | null;
}

/** The memory is read again, without an answer. It counts as `running` meanwhile, with its id for an answer's. */
export type Reread =
  | { phase: 'reading'; processed: number; total: number }
  | { phase: 'failed'; error: EngineErrorShape };

export type PanelTab = 'memory' | 'model' | 'settings';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** What the composer says quietly above its box. */
export type ComposerHint = 'stillAnswering' | null;

export interface AppState {
  appInfo: AppInfo | null;
  chats: Readonly<Record<string, Chat>>;
  /** Newest first. */
  chatOrder: readonly string[];
  currentChatId: string;
  messages: Readonly<Record<string, Message>>;
  /** By message: what of it the model may never drop. */
  pins: Readonly<Record<string, Pins>>;
  /** By chat. */
  drafts: Readonly<Record<string, Draft>>;
  hint: ComposerHint;
  /** By chat: the notice that its context is nearly full was closed. */
  limitNoticeClosed: Readonly<Record<string, boolean>>;
  /** By chat: its answers end after SHORT_ANSWER_TOKENS. */
  shortAnswers: Readonly<Record<string, boolean>>;

  link: EngineLink;
  crash: Crash | null;
  model: ModelState;
  /** null: the presets of the loaded model are measured, or cannot be. */
  measuring: Measuring | null;
  /** A call about the model that failed before the engine could report. */
  modelCallError: EngineErrorShape | null;
  /** Layers of the loaded model, also while its engine restarts; 0 when none was loaded. */
  layerCount: number;
  /** Of the model loaded or tried last. */
  lastModelPath: string | null;
  running: { answerId: string; chatId: string } | null;
  reread: Reread | null;
  stopRequested: boolean;
  /** The answer that waits for a model. */
  queued: { answerId: string; chatId: string } | null;
  /** Of the engine's port; null before its first frame. */
  lastSeq: number | null;
  lostFrames: number;
  kv: KvStats | null;
  /** The chat whose tokens `kv` counts. */
  kvChatId: string | null;
  /** Of the current chat's draft; null: there is none, or it is not known yet. */
  outlook: Outlook | null;
  /** The text of `kvChatId` as it was when it was last asked for. */
  textMemory: TextMemory | null;
  /** Resident memory of the engine process, then; null: never asked. */
  engineBytes: number | null;
  /** The chat is shown with what the model still holds of it: by how many layers, or whether one layer does. */
  survival: { layer: number | null } | null;
  /** Takes the place of the chat it belongs to until it is closed. */
  comparison: Comparison | null;
  /** The memory over time, of the chat that was written in last. */
  recorder: Recorder | null;
  /** The answer that began last. */
  answerBegins: AnswerBegins | null;
  /** A trace that was opened, in place of the chat. */
  replay: OpenedTrace | null;
  /** The memory is shown as it was, milliseconds of the trace; null: as it is, or as it was at a replay's end. */
  moment: number | null;
  /** The moment goes on by itself. */
  playing: boolean;
  /** A file that could not be opened or saved. */
  fileError: EngineErrorShape | null;
  update: UpdateState;
  /** What the next message is sent with; null until main has said what it was last time. */
  compression: CompressionChoice | null;

  theme: ThemeChoice;
  /** 0 = always the likeliest token. */
  temperature: number;
  /** null: a new one for each answer. */
  seed: number | null;
  /** Too narrow for the sides to stand beside the chat: one at a time is laid over it. */
  isNarrow: boolean;
  overlay: 'sidebar' | 'panel' | null;
  /** Where there is room. */
  sidebarOpen: boolean;
  panelOpen: boolean;
  panelTab: PanelTab;
  layersAsTable: boolean;
}

/** Most tokens of an answer in a chat that was asked for short ones. */
export const SHORT_ANSWER_TOKENS = 150;

export const EMPTY_DRAFT: Draft = { text: '', pasted: [] };

export function initialState(firstChatId: string): AppState {
  return {
    appInfo: null,
    chats: { [firstChatId]: { id: firstChatId, title: '', messageIds: [] } },
    chatOrder: [firstChatId],
    currentChatId: firstChatId,
    messages: {},
    pins: {},
    drafts: {},
    hint: null,
    limitNoticeClosed: {},
    shortAnswers: {},
    link: { state: 'connecting' },
    crash: null,
    model: { state: 'none' },
    measuring: null,
    modelCallError: null,
    layerCount: 0,
    lastModelPath: null,
    running: null,
    reread: null,
    stopRequested: false,
    queued: null,
    lastSeq: null,
    lostFrames: 0,
    kv: null,
    kvChatId: null,
    outlook: null,
    textMemory: null,
    engineBytes: null,
    survival: null,
    comparison: null,
    recorder: null,
    answerBegins: null,
    replay: null,
    moment: null,
    playing: false,
    fileError: null,
    update: { step: 'idle' },
    compression: null,
    theme: 'system',
    temperature: 0.2,
    seed: null,
    isNarrow: false,
    overlay: null,
    sidebarOpen: true,
    panelOpen: true,
    panelTab: 'memory',
    layersAsTable: false,
  };
}
