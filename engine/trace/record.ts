import type { ChatMessage, EngineEvent, KvStats, ModelInfo, TextMemory } from '../types.js';
import { rowOf } from './columns.js';
import { TRACE_FORMAT, TRACE_VERSION } from './format.js';
import { encodeRuns } from './runs.js';
import type { Trace, TraceSample, TraceTurn } from './schema.js';
import { keptMessages, textRanges } from './text.js';
import { thinned } from './thin.js';

/*
 * A trace as it grows. Its clock runs while an answer is read for and written, and stands still in between. Every
 * function returns a new trace; all times in milliseconds, `now` from any steady clock.
 */

export interface Recording {
  trace: Trace;
  /** What `now` is at the trace's beginning, while a turn runs: pauses are taken out. */
  zero: number;
}

/** An answer that begins. */
export interface TurnStart {
  /** Of the conversation, 1 = first message of the user. */
  number: number;
  promptTokens: number;
  reusedTokens: number;
  date: Date;
  now: number;
}

export type TracedModel = Pick<ModelInfo, 'name' | 'path' | 'hash' | 'layers' | 'numKvHeads' | 'headDim'>;

/** The first answer of a chat; its first sample has to follow. */
export function startRecording(model: TracedModel, start: TurnStart, kv: KvStats): Recording {
  const { name, path, hash, layers, numKvHeads, headDim } = model;
  const file = path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
  const trace: Trace = {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    createdAt: start.date.toISOString(),
    model: { name, file, hash, layers, numKvHeads, headDim, contextLength: kv.contextLength },
    turns: [],
    samples: [],
    thinned: 0,
  };
  return beginTurn({ trace, zero: 0 }, start, kv);
}

/** The next answer of the same chat: the clock goes on where it stood. */
export function beginTurn({ trace }: Recording, start: TurnStart, { compression, dtype }: KvStats): Recording {
  const { number, promptTokens, reusedTokens, date, now } = start;
  const startMs = lastMs(trace);
  const turn: TraceTurn = {
    number,
    startedAt: date.toISOString(),
    startMs,
    endMs: null,
    end: null,
    compression: 'config' in compression ? { config: { ...compression.config } } : compression,
    dtype,
    promptTokens,
    reusedTokens,
    text: null,
  };
  return { trace: { ...trace, turns: [...trace.turns, turn] }, zero: now - startMs };
}

/** What the cache holds now. Of samples of one moment the last one stays. */
export function addSample(
  { trace, zero }: Recording,
  kv: KvStats,
  now: number,
  phase: TraceSample['phase'] = kv.reading ? 'reading' : 'writing',
): Recording {
  const { tokensSeen, generatedTokens, fullFp16Bytes, budgetBytes, drops, layers } = kv;
  const turn = trace.turns.length - 1;
  const sample: TraceSample = {
    ms: Math.max(lastMs(trace), Math.round(now - zero)),
    turn,
    phase,
    tokensSeen,
    generatedTokens,
    fullFp16Bytes,
    budgetBytes,
    drops,
    layers: layers.map(rowOf),
  };
  const last = trace.samples.at(-1);
  const isSameMoment = last?.ms === sample.ms && last.turn === turn && last.phase === sample.phase;
  const before = isSameMoment ? trace.samples.slice(0, -1) : trace.samples;
  return { zero, trace: thinned({ ...trace, samples: [...before, sample] }) };
}

/** What the cache holds once idle time was spent on it, behind the last turn: the clock stands still then. */
export function addTidied(recording: Recording, kv: KvStats): Recording {
  return addSample({ ...recording, zero: 0 }, kv, lastMs(recording.trace) + 1, 'tidying');
}

/** The running turn's last sample and end. */
export function endTurn(
  recording: Recording,
  end: NonNullable<TraceTurn['end']>,
  kv: KvStats | null,
  now: number,
): Recording {
  const { trace, zero } = kv ? addSample(recording, kv, now) : recording;
  return { zero, trace: changeLastTurn(trace, (turn) => ({ ...turn, end, endMs: lastMs(trace) })) };
}

/**
 * The text as the engine has it in the last turn, and which layers dropped what of it when; earlier turns' tokens may
 * have been dropped since, too.
 * @param messages all that were sent in this turn, and the answer so far
 */
export function withText(
  recording: Recording,
  memory: Pick<TextMemory, 'text' | 'ends' | 'droppedAt'>,
  messages: readonly ChatMessage[],
): Recording {
  const { trace } = recording;
  const last = trace.turns.length - 1;
  const from = last > 0 ? trace.turns[last].reusedTokens : 0;
  // Asked for before this turn had read anything, or of a model that was loaded anew.
  if (memory.ends.length < from + (trace.turns[last].text?.tokens.length ?? 0)) return recording;
  const tokens = Array.from(memory.ends.subarray(from), (end, i) =>
    memory.text.slice(from + i > 0 ? memory.ends[from + i - 1] : 0, end),
  );
  const turns = [...trace.turns];
  const dropped = memory.droppedAt.map((): number[] => []);
  turns[last] = { ...turns[last], text: { from, messagesKept: 0, messages: [], tokens, dropped } };
  const ranges = textRanges(turns, last);
  // That of another conversation, which the engine has read in between, is not this one's.
  if (!ranges?.every(({ text, to }) => isIn(memory, text.tokens.slice(0, to - text.from), text.from))) return recording;
  for (const { turn, text, to } of ranges) {
    // What of an earlier turn is no longer in the text stays as it was.
    const runs = memory.droppedAt.map((times, layer) => encodeRuns(times.subarray(text.from, to), text.dropped[layer]));
    turns[turn] = { ...turns[turn], text: { ...text, dropped: runs } };
  }
  return withMessages({ ...recording, trace: { ...trace, turns } }, messages);
}

function isIn({ text, ends }: Pick<TextMemory, 'text' | 'ends'>, tokens: readonly string[], from: number): boolean {
  return text.startsWith(tokens.join(''), from > 0 ? ends[from - 1] : 0);
}

/** The messages of the last turn, where its text is known. */
export function withMessages(recording: Recording, messages: readonly ChatMessage[]): Recording {
  const { turns } = recording.trace;
  const plain = messages.map(({ role, content }) => ({ role, content }));
  const kept = keptMessages(turns, turns.length - 2, plain);
  const trace = changeLastTurn(recording.trace, (turn) => ({
    ...turn,
    text: turn.text && { ...turn.text, messagesKept: kept, messages: plain.slice(kept) },
  }));
  return { ...recording, trace };
}

/** The same without what was said. */
export function withoutText(trace: Trace): Trace {
  return { ...trace, turns: trace.turns.map((turn) => ({ ...turn, text: null })) };
}

/** Milliseconds between two samples, at least: as often as the window is sent any. */
const INTERVAL_MS = 100;

/** What comes of an answer's next event, of which there are many a second. `asked`: for the answer. */
export function recordEvent(
  recording: Recording | null,
  event: EngineEvent,
  asked: { model: TracedModel; number: number; date: Date },
  now: number,
): Recording | null {
  if (event.type === 'prefill' && !recording) {
    const { total, reused, kv } = event;
    const start = { ...asked, promptTokens: total, reusedTokens: reused, now };
    return addSample(startRecording(asked.model, start, kv), kv, now);
  }
  if (!recording) return null;
  if (event.type === 'prefill' || event.type === 'token') {
    return isDue(recording, event.kv, now) ? addSample(recording, event.kv, now) : recording;
  }
  return endTurn(recording, event.type, event.result?.kv ?? null, now);
}

function isDue({ trace, zero }: Recording, { reading }: KvStats, now: number): boolean {
  const last = trace.samples.at(-1);
  return (last?.phase === 'reading') !== reading || now - zero - lastMs(trace) >= INTERVAL_MS;
}

function changeLastTurn(trace: Trace, change: (turn: TraceTurn) => TraceTurn): Trace {
  return { ...trace, turns: trace.turns.map((turn, i) => (i === trace.turns.length - 1 ? change(turn) : turn)) };
}

function lastMs({ samples }: Trace): number {
  return samples.at(-1)?.ms ?? 0;
}
