import type { EngineFrame } from '../../../electron/ipc/frames.js';
import {
  addSample,
  addTidied,
  beginTurn,
  endTurn,
  type Recording,
  startRecording,
  type TurnStart,
  withMessages,
  withText,
} from '../../../engine/trace/record.js';
import type { ChatMessage, KvStats } from '../../../engine/types.js';
import { withSystemPrompt } from '../assistants/ask-settings.js';
import type { AppState } from './state.js';
import { requestMessages } from './turns.js';

/** The memory over time of the chat that the engine holds. */
export interface Recorder {
  chatId: string;
  /** The answer that is recorded, or was last. */
  answerId: string;
  recording: Recording;
}

/** An answer of which no statistics have come yet. */
export interface AnswerBegins extends Omit<TurnStart, 'number'> {
  answerId: string;
}

/**
 * Brings the recording up to a frame that has just been reduced. When an answer begins, the window shows what is now.
 * @param before the state that the frame met
 * @param now milliseconds of a steady clock
 */
export function recordFrame(before: AppState, after: AppState, frame: EngineFrame, now: number, date: Date): AppState {
  if (after === before) return after;
  switch (frame.type) {
    case 'model':
      return forgetOtherModel(after);
    case 'prefill':
      return noteBeginning(after, frame, now, date);
    case 'kv':
      return frame.requestId === null ? after : recordKv(after, frame.requestId, frame.kv, now, date);
    case 'tidying': {
      const { tidying } = frame;
      if (tidying?.state !== 'done' || after.kvChatId !== after.recorder?.chatId) return after;
      return change(after, (recording) => addTidied(recording, tidying.kv));
    }
    case 'textMemory': {
      const { memory, requestId } = frame;
      if (requestId !== null && requestId !== after.recorder?.answerId) return after;
      if (!memory || after.kvChatId !== after.recorder?.chatId) return after;
      return change(after, (recording, messages) => withText(recording, memory, messages()));
    }
    case 'end': {
      const { end, requestId } = frame;
      if (before.running?.answerId !== requestId || after.recorder?.answerId !== requestId) return after;
      const kv = end.result?.kv ?? null;
      return change(after, (recording, messages) => withMessages(endTurn(recording, end.type, kv, now), messages()));
    }
    default:
      return after;
  }
}

function forgetOtherModel(state: AppState): AppState {
  const { model, recorder } = state;
  if (model.state !== 'ready' || model.model.hash === recorder?.recording.trace.model.hash) return state;
  return { ...state, recorder: null, ...(state.replay ? {} : { moment: null, playing: false }) };
}

function noteBeginning(
  state: AppState,
  frame: Extract<EngineFrame, { type: 'prefill' }>,
  now: number,
  date: Date,
): AppState {
  const { requestId: answerId, promptTokens, reused: reusedTokens } = frame;
  if (state.running?.answerId !== answerId || state.answerBegins?.answerId === answerId) return state;
  return { ...state, answerBegins: { answerId, promptTokens, reusedTokens, date, now }, moment: null, playing: false };
}

function recordKv(state: AppState, answerId: string, kv: KvStats, now: number, date: Date): AppState {
  const { running, recorder, answerBegins } = state;
  if (running?.answerId !== answerId) return state;
  if (recorder?.answerId === answerId) return change(state, (recording) => addSample(recording, kv, now));
  const { model } = state;
  if (model.state !== 'ready') return state;
  const { chatId } = running;
  const known = answerBegins?.answerId === answerId ? answerBegins : null;
  const start = {
    ...(known ?? { promptTokens: kv.tokensSeen - kv.generatedTokens, reusedTokens: 0, date, now }),
    number: numberOf(messagesOf(state, chatId, answerId)),
  };
  const isSame = recorder?.chatId === chatId && recorder.recording.trace.model.hash === model.model.hash;
  const begun = isSame ? beginTurn(recorder.recording, start, kv) : startRecording(model.model, start, kv);
  return { ...state, recorder: { chatId, answerId, recording: addSample(begun, kv, now) } };
}

function numberOf(messages: readonly ChatMessage[]): number {
  return messages.filter(({ role }) => role === 'user').length;
}

function change(
  state: AppState,
  /** Most changes are of statistics, ten a second: the messages are put together for those that need them. */
  make: (recording: Recording, messages: () => readonly ChatMessage[]) => Recording,
): AppState {
  const { recorder } = state;
  if (!recorder) return state;
  const messages = () => messagesOf(state, recorder.chatId, recorder.answerId);
  return { ...state, recorder: { ...recorder, recording: make(recorder.recording, messages) } };
}

/** What was sent for an answer, and the answer so far. */
function messagesOf(state: AppState, chatId: string, answerId: string): ChatMessage[] {
  const answer = state.messages[answerId];
  const [content, asked] = answer?.role === 'assistant' ? [answer.text, answer.asked] : [''];
  const said = withSystemPrompt(asked?.systemPrompt, requestMessages(state, chatId, answerId));
  return [...said, { role: 'assistant', content }];
}
