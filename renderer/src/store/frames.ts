import type { EngineStatus } from '../../../electron/ipc/contract.js';
import { exitWords } from '../../../electron/ipc/exit-words.js';
import type { EngineFrame, ModelState, Tidying } from '../../../electron/ipc/frames.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import type { KvStats } from '../../../engine/types.js';
import { answerAfter } from './answer-frames.js';
import { failComparison, reduceComparison } from './comparison.js';
import type { Answer, AppState } from './state.js';

type FrameOf<T extends EngineFrame['type']> = Extract<EngineFrame, { type: T }>;

/**
 * The state after one frame of the engine. A frame that came twice changes nothing; after a gap in the sequence the
 * running answer is marked until its result, which holds the whole text, arrives. Frames of an answer that has ended
 * are ignored. `now` in milliseconds.
 */
export function reduceFrame(state: AppState, frame: EngineFrame, now: number): AppState {
  if (state.lastSeq !== null && frame.seq <= state.lastSeq) return state;
  const lost = state.lastSeq === null ? 0 : frame.seq - state.lastSeq - 1;
  const next = lost > 0 ? noteLostFrames(state, lost) : state;
  const counted = { ...next, lastSeq: frame.seq };
  const compared = reduceComparison(counted, frame, now);
  return compared === counted ? applyFrame(counted, frame, now) : compared;
}

function applyFrame(state: AppState, frame: EngineFrame, now: number): AppState {
  switch (frame.type) {
    case 'model':
      return onModel(state, frame);
    case 'prefill':
    case 'text':
      return onAnswer(state, frame, now);
    case 'kv':
      return onKv(state, frame);
    case 'takenUp':
      return state.running ? state : onTakenUp(state, frame);
    case 'forecast':
      return frame.requestId === state.currentChatId ? { ...state, outlook: frame.outlook } : state;
    case 'contextCosts':
      return { ...state, contextCosts: frame.costs };
    case 'textMemory':
      if (frame.requestId !== null && frame.requestId !== state.running?.answerId) return state;
      return { ...state, textMemory: frame.memory, engineBytes: frame.residentBytes, deviceBytes: frame.deviceBytes };
    case 'end':
      return onEnd(state, frame, now);
    case 'measuring':
      return { ...state, measuring: frame.measuring };
    case 'tidying':
      return onTidying(state, frame);
    case 'tokenCount':
      return { ...state, tokenCounts: { ...state.tokenCounts, [frame.requestId]: frame.tokens } };
    case 'comparison':
    case 'comparisonForecast':
      return state;
  }
}

function noteLostFrames(state: AppState, lost: number): AppState {
  const counted = { ...state, lostFrames: state.lostFrames + lost };
  if (!state.running) return counted;
  return changeAnswer(counted, state.running.answerId, (answer) => ({ ...answer, hasHole: true }));
}

function onModel(state: AppState, { model }: FrameOf<'model'>): AppState {
  const keepsCache =
    model.state === 'ready' && state.model.state === 'ready' && model.model.hash === state.model.model.hash;
  return {
    ...state,
    model,
    modelCallError: null,
    modelFailureClosed: false,
    layerCount: layersOf(model, state.link) ?? state.layerCount,
    lastModelPath: pathOf(model) ?? state.lastModelPath,
    link: { state: 'running' },
    ...(keepsCache ? {} : { tokenCounts: {}, kv: null, kvChatId: null, textMemory: null }),
  };
}

/** null: not known, as while a model is being loaded; an engine that is restarted loads the one that it had. */
function layersOf(model: ModelState, link: AppState['link']): number | null {
  if (model.state === 'loading' || (model.state === 'none' && link.state === 'restarting')) return null;
  return model.state === 'ready' ? model.model.layers : 0;
}

function pathOf(model: ModelState): string | null {
  if (model.state === 'none') return null;
  return model.state === 'ready' ? model.model.path : model.path;
}

function onAnswer(state: AppState, frame: FrameOf<'prefill' | 'text'>, now: number): AppState {
  if (state.running?.answerId !== frame.requestId) return state;
  // With another text, what was tidied is past.
  const next = state.tidying && frame.type === 'prefill' ? { ...state, tidying: null } : state;
  if (frame.type === 'prefill' && next.reread?.phase === 'reading') {
    const { processed, total } = frame;
    return { ...next, reread: { ...next.reread, processed, total } };
  }
  return changeAnswer(next, frame.requestId, (answer) => answerAfter(answer, frame, now));
}

function onKv(state: AppState, frame: FrameOf<'kv'>): AppState {
  if (frame.requestId === null) return withKvOfSame(state, frame.kv);
  if (state.running?.answerId !== frame.requestId) return state;
  return { ...state, kv: frame.kv, kvChatId: state.running.chatId };
}

function onTidying(state: AppState, { tidying }: FrameOf<'tidying'>): AppState {
  const told = { ...state, tidying: asPlanned(tidying, state.tidying) };
  return tidying?.state === 'done' ? withKvOfSame(told, tidying.kv) : told;
}

/** The plan of a pass is the same object from its first part to its last: bars need not be drawn for each. */
function asPlanned(now: Tidying | null, before: Tidying | null): Tidying | null {
  if (now?.state !== 'running' || before?.state !== 'running') return now;
  const isSame = now.planned.every((rows, layer) => rows === before.planned[layer]);
  return isSame ? { ...now, planned: before.planned } : now;
}

/** What was tidied was another chat's. */
function onTakenUp(state: AppState, { kv, chatId }: FrameOf<'takenUp'>): AppState {
  const tidying = chatId === state.kvChatId ? state.tidying : null;
  return { ...state, kv, kvChatId: chatId, textMemory: null, tidying };
}

/** The cache as it is now, of the chat that it was of before. */
function withKvOfSame(state: AppState, kv: KvStats): AppState {
  return { ...state, kv, kvChatId: kv.tokensSeen === 0 ? null : state.kvChatId };
}

function onEnd(state: AppState, frame: FrameOf<'end'>, now: number): AppState {
  const { requestId, end } = frame;
  if (state.running?.answerId !== requestId) return state;
  const chatId = state.running.chatId;
  const reread: AppState['reread'] =
    end.type === 'error' && state.reread ? { phase: 'failed', error: end.error } : null;
  const idle = { ...state, running: null, reread, stopRequested: false, hint: null };
  return changeAnswer(withKvAt(end, idle, chatId), requestId, (answer) => answerAfter(answer, frame, now));
}

function withKvAt({ type, result }: FrameOf<'end'>['end'], state: AppState, chatId: string): AppState {
  if (!result) return state;
  // One that failed, or was stopped, before it read leaves the cache to the chat that had it.
  return type === 'error' || result.promptTokens === 0
    ? withKvOfSame(state, result.kv)
    : { ...state, kv: result.kv, kvChatId: chatId };
}

/** A new port: its sequence numbers start afresh. */
export function reducePort(state: AppState): AppState {
  return { ...state, lastSeq: null };
}

/**
 * The state after news of the engine process itself. When it ended, the running answer keeps the text it has, and the
 * cache is gone.
 */
export function reduceEngineStatus(state: AppState, status: EngineStatus): AppState {
  // After a crash the engine counts as running again once its first frame has come.
  if (status.state === 'running') return state.link.state === 'restarting' ? state : { ...state, link: status };
  const running = state.running;
  const isNews = state.link.state !== 'restarting' || running !== null;
  const crash = isNews ? { exit: status.exit, answerId: running?.answerId ?? null } : state.crash;
  // It is kept with the answer: in English, as every error's message.
  const error: EngineErrorShape = { code: 'ENGINE_CRASHED', message: exitWords(status.exit, 'en') };
  const ended = failComparison(failRunning(state, error), error);
  return {
    ...ended,
    link: status,
    crash,
    model: { state: 'none' },
    measuring: null,
    tidying: null,
    kv: null,
    kvChatId: null,
    textMemory: null,
    lastSeq: null,
  };
}

/** Ends the running answer in an error, keeping its text. */
export function failRunning(state: AppState, error: EngineErrorShape): AppState {
  if (!state.running) return state;
  const { answerId } = state.running;
  const reread: AppState['reread'] = state.reread && { phase: 'failed', error };
  const idle = { ...state, running: null, reread, stopRequested: false, hint: null };
  return changeAnswer(idle, answerId, (answer) => ({ ...answer, state: { phase: 'failed', error, figures: null } }));
}

/** The state with one answer replaced by what `change` makes of it. */
export function changeAnswer(state: AppState, id: string, change: (answer: Answer) => Answer): AppState {
  const message = state.messages[id];
  if (message?.role !== 'assistant') return state;
  const changed = change(message);
  return changed === message ? state : { ...state, messages: { ...state.messages, [id]: changed } };
}
