import type { ComparisonOutlook, ComparisonStep, EngineFrame } from '../../../electron/ipc/frames.js';
import { sideId } from '../../../electron/ipc/side-id.js';
import type { EngineErrorShape } from '../../../engine/errors.js';
import type { Agreement, CompressionChoice, Divergence, KvStats, SideName } from '../../../engine/types.js';
import { answerAfter } from './answer-frames.js';
import { type Answer, type AppState, READING_BEGINS } from './state.js';

/** A side is an answer of its own, with the cache it was written on. */
export interface ComparedSide extends Answer {
  kv: KvStats | null;
}

/** An answer written again, with the full cache and under a compression. Nothing of it is in the chat. */
export interface Comparison {
  id: string;
  chatId: string;
  /** What is compared. */
  answerId: string;
  /** Of side B; null: the answer had the full cache, and no other is chosen. */
  compression: CompressionChoice | null;
  state: /** What it will take is known once the engine has said so. */
    | { phase: 'planned'; outlook: ComparisonOutlook | null }
    | { phase: 'running'; checking: { places: number; total: number } | null; stopRequested: boolean }
    | { phase: 'done'; agreement: Agreement }
    | { phase: 'stopped'; byUser: boolean }
    | { phase: 'failed'; error: EngineErrorShape };
  sides: Readonly<Record<SideName, ComparedSide>>;
  /** Undefined until both sides are written; null: they are the same. */
  divergence: Divergence | null | undefined;
}

export const SIDES: readonly SideName[] = ['full', 'compressed'];

export function plannedComparison(
  id: string,
  { chatId, answerId, compression }: Pick<Comparison, 'chatId' | 'answerId' | 'compression'>,
): Comparison {
  return {
    id,
    chatId,
    answerId,
    compression,
    state: { phase: 'planned', outlook: null },
    sides: { full: emptySide(id, 'full'), compressed: emptySide(id, 'compressed') },
    divergence: undefined,
  };
}

function emptySide(id: string, side: SideName): ComparedSide {
  return { id: sideId(id, side), role: 'assistant', text: '', hasHole: false, state: { phase: 'queued' }, kv: null };
}

export function isComparing({ comparison }: AppState): boolean {
  return comparison?.state.phase === 'running';
}

/** The engine answers or compares, which loading a model would end. */
export function isEngineAtWork(state: AppState): boolean {
  return state.running !== null || isComparing(state);
}

/** The engine is at work, or is about to be. */
export function isBusy(state: AppState): boolean {
  return isEngineAtWork(state) || state.queued.length > 0;
}

/** Whether the comparison takes the chat's place. */
export function showsComparison({ comparison, currentChatId, survival }: AppState): boolean {
  return comparison?.chatId === currentChatId && survival === null;
}

/** The state after a frame that belongs to the comparison; the same state: it does not. `now` in milliseconds. */
export function reduceComparison(state: AppState, frame: EngineFrame, now: number): AppState {
  const { comparison } = state;
  if (!comparison || !('requestId' in frame)) return state;
  const next = comparisonAfter(comparison, frame, now);
  if (next === comparison) return state;
  const hasEnded = isComparing(state) && next.state.phase !== 'running';
  return { ...state, comparison: next, ...(hasEnded && { hint: null }) };
}

function comparisonAfter(comparison: Comparison, frame: EngineFrame, now: number): Comparison {
  if (frame.type === 'comparisonForecast') {
    const isMeant = frame.requestId === comparison.id && comparison.state.phase === 'planned';
    return isMeant ? { ...comparison, state: { phase: 'planned', outlook: frame.outlook } } : comparison;
  }
  if (comparison.state.phase !== 'running') return comparison;
  if (frame.type === 'comparison') {
    return frame.requestId === comparison.id ? afterStep(comparison, frame.step) : comparison;
  }
  const name = SIDES.find((side) => 'requestId' in frame && frame.requestId === comparison.sides[side].id);
  if (!name) return comparison;
  return { ...comparison, sides: { ...comparison.sides, [name]: sideAfter(comparison.sides[name], frame, now) } };
}

function sideAfter(side: ComparedSide, frame: EngineFrame, now: number): ComparedSide {
  if (frame.type === 'kv') return { ...side, kv: frame.kv };
  const begun: Answer = side.state.phase === 'queued' ? { ...side, state: READING_BEGINS } : side;
  const kv = frame.type === 'end' && frame.end.result ? frame.end.result.kv : side.kv;
  return { ...answerAfter(begun, frame, now), kv };
}

function afterStep(comparison: Comparison, step: ComparisonStep): Comparison {
  const { state } = comparison;
  switch (step.type) {
    case 'written':
      return { ...comparison, divergence: step.divergence };
    case 'checking': {
      if (state.phase !== 'running') return comparison;
      return { ...comparison, state: { ...state, checking: { places: step.places, total: step.total } } };
    }
    case 'done':
      return { ...comparison, state: { phase: 'done', agreement: step.agreement } };
    case 'aborted':
      return ended(comparison, { phase: 'stopped', byUser: state.phase === 'running' && state.stopRequested });
    case 'error':
      return ended(comparison, { phase: 'failed', error: step.error });
  }
}

/** Before its time: a side that was under way keeps the text it has. */
function ended(comparison: Comparison, state: Comparison['state']): Comparison {
  const { full, compressed } = comparison.sides;
  return { ...comparison, state, sides: { full: cutShort(full), compressed: cutShort(compressed) } };
}

function cutShort(side: ComparedSide): ComparedSide {
  const isUnderWay = side.state.phase === 'reading' || side.state.phase === 'writing';
  return isUnderWay ? { ...side, state: { phase: 'stopped', figures: null } } : side;
}

/** Ends a running comparison in an error, keeping what its sides have. */
export function failComparison(state: AppState, error: EngineErrorShape): AppState {
  const { comparison } = state;
  if (comparison?.state.phase !== 'running') return state;
  return { ...state, comparison: ended(comparison, { phase: 'failed', error }), hint: null };
}

/** The state with one side's text in the place of the answer that was compared; what was pinned of that goes with it. */
export function keepSide(state: AppState, name: SideName): AppState {
  const { comparison, messages } = state;
  const answer = comparison && messages[comparison.answerId];
  if (!comparison || answer?.role !== 'assistant') return state;
  const { text, state: ending } = comparison.sides[name];
  const compression: CompressionChoice | null = name === 'full' ? { preset: 'off' } : comparison.compression;
  const asked = answer.asked && { ...answer.asked, ...(compression && { compression }) };
  const kept: Answer = { ...answer, text, state: ending, asked, forecast: undefined };
  const { [answer.id]: _unpinned, ...pins } = state.pins;
  return { ...state, pins, messages: { ...messages, [answer.id]: kept } };
}
