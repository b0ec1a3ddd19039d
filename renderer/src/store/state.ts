import type { AppSettings } from '../../../electron/ipc/app-settings.js';
import type { Rescue } from '../../../electron/ipc/chat-contract.js';
import type { ChatModel, ChatSettings } from '../../../electron/ipc/chat-settings.js';
import type { AppInfo, EngineExit, OpenedTrace } from '../../../electron/ipc/contract.js';
import type { Measuring, ModelState, Outlook, Tidying } from '../../../electron/ipc/frames.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import type { CompressionChoice, ContextCost, KvStats, TextMemory } from '../../../engine/types.js';
import { type Assistants, NO_ASSISTANTS } from '../assistants/assistants-state.js';
import type { Pins } from '../pins/pins.js';
import type { Attaching } from './attaching.js';
import type { Tree } from './chat-tree.js';
import type { Comparison } from './comparison.js';
import type { Edit } from './edits.js';
import type { Draft, Message } from './message.js';
import type { AnswerBegins, Recorder } from './recorder.js';
import type { UpdateState } from './update-actions.js';

export * from './message.js';

export interface Chat {
  id: string;
  /** From its first message, or as the user calls it. */
  title: string;
  /** The branch that is shown; empty as well while the chat is not loaded. */
  messageIds: readonly string[];
  /** Where that branch ends; null: the chat is empty. */
  leafId: string | null;
  /** When it was last written in, milliseconds since 1970. */
  updatedAt: number;
  isPinned: boolean;
  isArchived: boolean;
  /** With what it was last written in; null: nothing was chosen in it. */
  compression: CompressionChoice | null;
  /** What it sets for itself; the rest is as the app has it. */
  settings: ChatSettings;
  /** That answered in it last, or belongs to its assistant; null: none yet. */
  model: ChatModel | null;
}

export function emptyChat(id: string): Chat {
  const nothing = {
    title: '',
    messageIds: [],
    leafId: null,
    updatedAt: 0,
    compression: null,
    settings: {},
    model: null,
  };
  return { id, ...nothing, isPinned: false, isArchived: false };
}

/** An answer that waits for its turn. */
export interface Waiting {
  answerId: string;
  chatId: string;
}

/** What was done, for some time; what was deleted can be brought back by `undo`. */
export interface Toast {
  /** In the language of the moment. */
  words: () => string;
  undo: ((state: AppState) => AppState) | null;
  /** Its messages stay in memory meanwhile: to them something is brought back. */
  chatId?: string;
}

export type EngineLink =
  | { state: 'connecting' }
  | { state: 'running' }
  | { state: 'restarting'; exit: EngineExit }
  | { state: 'down'; exit: EngineExit };

/** Told until the user closes it or answers again. `answerId`: the answer that the crash cut short. */
export interface Crash {
  exit: EngineExit;
  answerId: string | null;
}

/** The memory is read again, without an answer. It counts as `running` meanwhile, with its id for an answer's. */
export type Reread =
  | { phase: 'reading'; processed: number; total: number }
  | { phase: 'failed'; error: EngineErrorShape };

export type PanelTab = 'memory' | 'model' | 'chat' | 'settings';

export type WindowDialog = 'keys' | 'palette' | 'assistants';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** What the composer says quietly above its box. */
export type ComposerHint = 'stillAnswering' | 'stillReading' | null;

export interface AppState {
  appInfo: AppInfo | null;
  chats: Readonly<Record<string, Chat>>;
  /** By chat whose messages are in memory: how they hang together. */
  trees: Readonly<Record<string, Tree>>;
  currentChatId: string;
  messages: Readonly<Record<string, Message>>;
  /** By chat, also while another is looked at. */
  edits: Readonly<Record<string, Edit | null>>;
  /** The message to be looked at, as one was searched for. */
  soughtId: string | null;
  toast: Toast | null;
  /** What came since is not on the disk. */
  keepError: EngineErrorShape | null;
  /** A damaged file that was answered for at the start. */
  rescue: Rescue | null;
  /** By message: what of it the model may never drop. */
  pins: Readonly<Record<string, Pins>>;
  /** By chat. */
  drafts: Readonly<Record<string, Draft>>;
  /** Files that are being read, or could not be. */
  attaching: readonly Attaching[];
  /** By a piece's key (attachments/piece.ts): how many tokens it is for the loaded model. */
  tokenCounts: Readonly<Record<string, number>>;
  hint: ComposerHint;
  /** By chat: the notice that its context is nearly full was closed. */
  limitNoticeClosed: Readonly<Record<string, boolean>>;

  link: EngineLink;
  crash: Crash | null;
  model: ModelState;
  /** null: the presets of the loaded model are measured, or cannot be. */
  measuring: Measuring | null;
  /** Of the present memory; null: nothing was tidied since it was read. */
  tidying: Tidying | null;
  /** A call about the model that failed before the engine could report. */
  modelCallError: EngineErrorShape | null;
  /** That no model could be loaded was read, or left behind with the chat. */
  modelFailureClosed: boolean;
  /** Layers of the loaded model, also while its engine restarts; 0 when none was loaded. */
  layerCount: number;
  /** Of the model loaded or tried last. */
  lastModelPath: string | null;
  running: { answerId: string; chatId: string } | null;
  reread: Reread | null;
  stopRequested: boolean;
  /** Answers that wait for a model, or for what is being answered; the first is next. */
  queued: readonly Waiting[];
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
  /** What it has of a device's memory, then; null: the model runs on the processor. */
  deviceBytes: number | null;
  /** The bar that finds a text in the chat is open. */
  finding: boolean;
  /** The chat is shown with what the model still holds of it: by how many heads of all layers, or whether one layer does. */
  survival: { layer: number | null } | null;
  /** Takes the place of the chat it belongs to until it is closed. */
  comparison: Comparison | null;
  /** The answer that is to be compared once it is there. */
  comparesNext: string | null;
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
  /** A file that could not be opened or saved, or chats that could not be read. */
  fileError: EngineErrorShape | null;
  update: UpdateState;
  /** What the next message is sent with; null until main has said what it was last time. */
  compression: CompressionChoice | null;
  /** Of chats that have none of their own; null until main has said it. */
  appCompression: CompressionChoice | null;
  assistants: Assistants;

  /** As main keeps them; null until it has said so. */
  settings: AppSettings | null;
  /** The last change of a setting was refused. */
  settingsError: EngineErrorShape | null;
  /** Of the loaded model, the shortest context first; as they were asked for last. */
  contextCosts: readonly ContextCost[];
  theme: ThemeChoice;
  /** 0 = always the likeliest token. */
  temperature: number;
  /** null: a new one for each answer. */
  seed: number | null;
  /** Too narrow for the sides to stand beside the chat: one at a time is laid over it. */
  isNarrow: boolean;
  overlay: 'sidebar' | 'panel' | null;
  /** What is asked or shown over the whole window. */
  dialog: WindowDialog | null;
  /** The window is the small one. */
  isQuick: boolean;
  /** Where there is room. */
  sidebarOpen: boolean;
  panelOpen: boolean;
  panelTab: PanelTab;
  layersAsTable: boolean;
}

/** Most tokens of an answer in a chat that was asked for short ones. */
export const SHORT_ANSWER_TOKENS = 150;

export const EMPTY_DRAFT: Draft = { text: '', pasted: [] };

/** How the window looks until the user has it otherwise. */
const FIRST_LOOK = {
  theme: 'system',
  temperature: 0.2,
  seed: null,
  isNarrow: false,
  overlay: null,
  dialog: null,
  isQuick: false,
  sidebarOpen: true,
  panelOpen: true,
  panelTab: 'memory',
  layersAsTable: false,
} as const satisfies Partial<AppState>;

export function initialState(firstChatId: string): AppState {
  return {
    appInfo: null,
    chats: { [firstChatId]: emptyChat(firstChatId) },
    trees: { [firstChatId]: {} },
    currentChatId: firstChatId,
    messages: {},
    edits: {},
    soughtId: null,
    toast: null,
    keepError: null,
    rescue: null,
    pins: {},
    drafts: {},
    attaching: [],
    tokenCounts: {},
    hint: null,
    limitNoticeClosed: {},
    link: { state: 'connecting' },
    crash: null,
    model: { state: 'none' },
    measuring: null,
    tidying: null,
    modelCallError: null,
    modelFailureClosed: false,
    layerCount: 0,
    lastModelPath: null,
    running: null,
    reread: null,
    stopRequested: false,
    queued: [],
    lastSeq: null,
    lostFrames: 0,
    kv: null,
    kvChatId: null,
    outlook: null,
    textMemory: null,
    engineBytes: null,
    deviceBytes: null,
    finding: false,
    survival: null,
    comparison: null,
    comparesNext: null,
    recorder: null,
    answerBegins: null,
    replay: null,
    moment: null,
    playing: false,
    fileError: null,
    update: { step: 'idle' },
    compression: null,
    appCompression: null,
    assistants: NO_ASSISTANTS,
    settings: null,
    settingsError: null,
    contextCosts: [],
    ...FIRST_LOOK,
  };
}
