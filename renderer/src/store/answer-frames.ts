import type { EngineFrame } from '../../../electron/ipc/frames.js';
import type { GenerateResult } from '../../../engine/types.js';
import type { Answer, AnswerFigures, AnswerState } from './state.js';

type FrameOf<T extends EngineFrame['type']> = Extract<EngineFrame, { type: T }>;

/** An answer after a frame of its own; frames that say nothing of its text change nothing. `now` in milliseconds. */
export function answerAfter(answer: Answer, frame: EngineFrame, now: number): Answer {
  if (frame.type === 'prefill') return afterPrefill(answer, frame, now);
  if (frame.type === 'text') {
    const { text, tokens, timings } = frame;
    return { ...answer, text: answer.text + text, state: { phase: 'writing', tokens, timings } };
  }
  return frame.type === 'end' ? afterEnd(answer, frame) : answer;
}

function afterPrefill(answer: Answer, frame: FrameOf<'prefill'>, now: number): Answer {
  const { processed, total, reused, promptTokens } = frame;
  if (answer.state.phase !== 'reading') return answer;
  const isFirst = answer.state.total === 0;
  const since = isFirst ? now : answer.state.since;
  const first = isFirst ? processed : answer.state.first;
  return { ...answer, state: { phase: 'reading', processed, total, reused, promptTokens, since, first } };
}

function afterEnd(answer: Answer, { end }: FrameOf<'end'>): Answer {
  const figures = end.result && figuresOf(end.result);
  const ended: AnswerState =
    end.type === 'done'
      ? { phase: 'done', stopReason: end.stopReason, figures: figuresOf(end.result) }
      : end.type === 'aborted'
        ? { phase: 'stopped', figures }
        : { phase: 'failed', error: end.error, figures };
  return {
    ...answer,
    text: end.result ? answer.text.slice(0, answer.continuedFrom ?? 0) + end.result.text : answer.text,
    hasHole: end.result ? false : answer.hasHole,
    state: ended,
  };
}

function figuresOf({ promptTokens, reusedTokens, completionTokens, seed, timings }: GenerateResult): AnswerFigures {
  return { promptTokens, reusedTokens, completionTokens, seed, timings };
}
