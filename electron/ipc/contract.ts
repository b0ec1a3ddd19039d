import { z } from 'zod';
import type { Trace } from '../../engine/trace/schema.js';
import { appSettings } from './app-settings.js';
import { assistantCalls } from './assistant-contract.js';
import { attachmentCalls } from './attachment-contract.js';
import { chatCalls } from './chat-contract.js';
import { chatId } from './chat-shapes.js';
import { modelContract } from './model-contract.js';
import { compressionChoice, MAX_MESSAGE_LENGTH, requestId, samplingOptions, textRange } from './shapes.js';

const chatMessage = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z
    .string()
    .max(MAX_MESSAGE_LENGTH, `A message may have ${MAX_MESSAGE_LENGTH.toLocaleString('en-US')} characters at most`),
  pinned: z.union([z.boolean(), z.array(textRange).min(1).max(10_000).readonly()]).optional(),
});

export const precision = z.enum(['default', 'float32']);

const generateRequest = z.strictObject({
  requestId,
  messages: z.array(chatMessage).min(1).max(100_000),
  sampling: samplingOptions.partial().optional(),
  maxTokens: z.int().min(1).optional(),
  stop: z.array(z.string().min(1)).max(64).optional(),
  compression: compressionChoice.optional(),
  /** Whose memory is used, and kept. */
  chatId: chatId.optional(),
});
export type GenerateCall = z.infer<typeof generateRequest>;

const conversationRequest = generateRequest.pick({ requestId: true, messages: true, compression: true, chatId: true });
export type ConversationCall = z.infer<typeof conversationRequest>;

const compareRequest = generateRequest.omit({ stop: true, chatId: true }).extend({ replyTokens: z.int().min(0) });
export type CompareCall = z.infer<typeof compareRequest>;

const appInfo = z.strictObject({
  version: z.string(),
  electronVersion: z.string(),
  platform: z.string(),
  /** Empty: the system does not say. */
  cpuModel: z.string(),
  /** It computes, but slower. */
  lacksAvx2: z.boolean(),
  cores: z.int(),
  totalMemoryBytes: z.number(),
  freeMemoryBytes: z.number(),
  /** Settings, log and converted models are in it. */
  dataFolder: z.string(),
  /** With which models are loaded. */
  precision,
  /** As chosen last; each request brings its own. */
  compression: compressionChoice,
  settings: appSettings,
  /** The key of the settings belongs to another program, and so does nothing here. */
  quickKeyTaken: z.boolean(),
  /** The window is the small one. */
  isQuick: z.boolean(),
});
export type AppInfo = z.infer<typeof appInfo>;

/** Characters or bytes of a file that the window has main write. */
const MAX_FILE_LENGTH = 64_000_000;

const fileToSave = z.strictObject({
  /** Offered in the dialog; no path. */
  name: z.string().regex(/^[^\\/:*?"<>|\p{Cc}]{1,200}$/u, 'A file name without a path'),
  kind: z.enum(['png', 'csv', 'json']),
  content: z.union([
    z.string().max(MAX_FILE_LENGTH),
    z.instanceof(Uint8Array).refine(({ length }) => length <= MAX_FILE_LENGTH, 'Too large'),
  ]),
});

/** `name`: of the file. The trace was checked when it was read. */
const openedTrace = z.strictObject({
  name: z.string(),
  trace: z.custom<Trace>((value) => typeof value === 'object' && value !== null),
});
export type OpenedTrace = z.infer<typeof openedTrace>;

/** Why no newer version is looked for: it runs from its sources, something else installed it, and so on. */
const updatesOff = z.enum(['source', 'packaged', 'portable', 'noFeed', 'damaged']);
export type UpdatesOff = z.infer<typeof updatesOff>;

const updateState = z.discriminatedUnion('state', [
  /** This installation is not for the app to update. */
  z.strictObject({ state: z.literal('off'), why: updatesOff }),
  z.strictObject({ state: z.literal('latest') }),
  z.strictObject({ state: z.literal('available'), version: z.string() }),
]);

const parked = z.strictObject({ chats: z.int(), bytes: z.number() });
export type ParkedMemories = z.infer<typeof parked>;

const nothing = z.void();

/**
 * Every call renderer → main: what goes in, what comes out. Adding one touches this table, one handler and one caller.
 * A handler that fails answers `{ok: false, error: {code, message, details}}` (see CallResult in bridge.ts).
 */
export const contract = {
  appInfo: { input: nothing, output: appInfo },
  /** Asks for the MessagePort on which the engine's frames come; it arrives as a window message `engine-port`. */
  connectEngine: { input: nothing, output: nothing },
  /** Loads a model; null: the default one. Progress and result come as `model` frames. */
  loadModel: { input: z.strictObject({ path: z.string().min(1).nullable() }), output: nothing },
  /** Loads the present model again with another precision; it is kept for later ones and the next start. */
  setPrecision: { input: z.strictObject({ precision }), output: nothing },
  /** Keeps the choice for the next start. */
  setCompression: { input: z.strictObject({ compression: compressionChoice }), output: nothing },
  /** Keeps them and acts on them at once: another context loads the model again, other threads restart the engine. */
  changeSettings: { input: appSettings.partial(), output: appSettings },
  ejectModel: { input: nothing, output: nothing },
  /** Lets the user choose a GGUF file, or a safetensors folder; null if cancelled. */
  chooseModelFile: { input: z.strictObject({ kind: z.enum(['file', 'folder']) }), output: z.string().nullable() },
  /** Starts an answer; tokens come as frames with this requestId. */
  generate: { input: generateRequest, output: nothing },
  /** Asks what a conversation would come to; the answer is a `forecast` frame, unless another is asked for before. */
  forecast: { input: conversationRequest, output: nothing },
  /** Reads a conversation anew, whatever of it is in memory, and writes nothing; frames are those of an answer. */
  reread: { input: conversationRequest, output: nothing },
  /** Answers with the full cache and under `compression`; frames carry this requestId, those of a side `sideId` of it. */
  compare: { input: compareRequest, output: nothing },
  /** Asks what that will take; the answer is a `comparisonForecast` frame. */
  forecastComparison: { input: compareRequest, output: nothing },
  /** Asks what contexts of several lengths would take; the answer is a `contextCosts` frame, if a model is loaded. */
  costContexts: { input: z.strictObject({ compression: compressionChoice }), output: nothing },
  /** Asks which layers hold which tokens of the chat in memory; the answer is a `textMemory` frame. */
  inspectMemory: { input: nothing, output: nothing },
  /** A chat is looked at: if there is a memory of it, it is taken up, and a `takenUp` frame comes. */
  takeUpMemory: { input: z.strictObject({ chatId }), output: nothing },
  /** What is kept on the disk of memories that are not in use. */
  parkedMemories: { input: nothing, output: parked },
  removeParkedMemories: { input: nothing, output: parked },
  /** Begins or goes on finding out what the presets cost on the loaded model; progress comes as `measuring` frames. */
  measurePresets: { input: nothing, output: nothing },
  /** What was measured is kept. */
  stopMeasuring: { input: nothing, output: nothing },
  ...attachmentCalls,
  stop: { input: z.strictObject({ requestId }), output: nothing },
  /** Lets the user say where, and writes the file there: its path; null if cancelled. */
  saveFile: { input: fileToSave, output: z.string().nullable() },
  /** Lets the user choose a trace and reads it; null if cancelled. */
  openTrace: { input: nothing, output: openedTrace.nullable() },
  /** Opens an http, https or mailto link in the user's browser, after asking. */
  openExternal: { input: z.strictObject({ url: z.string().max(4096) }), output: nothing },
  openLog: { input: nothing, output: nothing },
  openFolder: { input: z.strictObject({ folder: z.enum(['data', 'logs']) }), output: nothing },
  /** Puts what helps to find a fault on the clipboard, and returns it: nothing of any chat, no name of the user. */
  copyDiagnostics: { input: nothing, output: z.string() },
  ...chatCalls,
  ...assistantCalls,
  /** Asks the feed that the build was told, which happens at no other time. */
  checkForUpdates: { input: nothing, output: updateState },
  /** Gets the version that was found, which takes this one's place when the app ends. */
  downloadUpdate: { input: nothing, output: nothing },
  /** The small window is put away, or becomes the whole one. Not while a dialog is open over it. */
  leaveQuick: { input: z.strictObject({ to: z.enum(['whole', 'away']) }), output: nothing },
  setTheme: { input: z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }), output: nothing },
  ...modelContract,
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type Contract = typeof contract;
export type CallName = keyof Contract;
export type CallInput<N extends CallName> = z.input<Contract[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Contract[N]['output']>;

const engineExit = z.strictObject({ code: z.int(), duringLoad: z.boolean() });
/** How an engine process ended unasked; exit-words.ts says it. */
export type EngineExit = z.infer<typeof engineExit>;

/** Main → renderer, about the engine process itself: the port dies with it, so this comes from main. */
const engineStatus = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('running') }),
  /** It ended without being asked; a new one is starting. */
  z.strictObject({ state: z.literal('restarting'), exit: engineExit }),
  /** It ended too often in a row; nothing is tried until `loadModel` is called. */
  z.strictObject({ state: z.literal('down'), exit: engineExit }),
]);
export type EngineStatus = z.infer<typeof engineStatus>;
