import type { KvMoment } from '../../../engine/trace/columns.js';
import { kvAt, sampleAt } from '../../../engine/trace/replay.js';
import type { Trace, TraceSample } from '../../../engine/trace/schema.js';
import type { AppState } from '../store/state.js';

/** What is shown of the memory: now, as it was, or of a trace that was opened. */

export function shownTrace({ replay, recorder, kvChatId }: AppState): Trace | null {
  if (replay) return replay.trace;
  // A memory that was taken up has no past here.
  return recorder && (kvChatId === null || kvChatId === recorder.chatId) ? recorder.recording.trace : null;
}

/** The sample that is shown; null: what is now. */
export function shownSample(state: AppState): number | null {
  const trace = shownTrace(state);
  if (!trace) return null;
  if (state.moment !== null) return sampleAt(trace, state.moment);
  return state.replay ? trace.samples.length - 1 : null;
}

/** The same object as long as the same moment is shown. */
export function shownKv(state: AppState): KvMoment | null {
  const index = shownSample(state);
  const trace = shownTrace(state);
  return index === null || !trace ? state.kv : kvOf(trace, index);
}

/** Only of the chat at hand; what the engine still holds of another is not its memory. Null: nothing is held of it. */
export function shownKvHere(state: AppState): KvMoment | null {
  const isPresent = shownSample(state) === null;
  return isPresent && state.kvChatId !== state.currentChatId ? null : shownKv(state);
}

export function shownLayerCount(state: AppState): number {
  return state.replay?.trace.model.layers ?? state.layerCount;
}

/** Milliseconds of the moment that is shown; null: what is now. */
export function shownMs(state: AppState): number | null {
  const index = shownSample(state);
  return index === null ? null : (shownTrace(state)?.samples[index].ms ?? null);
}

const known = new WeakMap<TraceSample, KvMoment>();

function kvOf(trace: Trace, index: number): KvMoment {
  const sample = trace.samples[index];
  const kv = known.get(sample) ?? kvAt(trace, index);
  known.set(sample, kv);
  return kv;
}
