import { memo } from 'react';
import { formatCount, formatPercent, formatSpeed, tokenWord } from '../format.js';
import { MessageMenu } from '../pins/MessageMenu.js';
import { PinLine } from '../pins/PinLine.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { AnswerActions } from './AnswerActions.js';
import { AnswerEnd } from './AnswerEnd.js';
import { Markdown } from './Markdown.js';
import { ReadingPrompt } from './ReadingPrompt.js';

export const AnswerView = memo(function AnswerView({ answer, isLast }: { answer: Answer; isLast: boolean }) {
  const { state, text } = answer;
  const isWriting = state.phase === 'writing';
  return (
    <MessageMenu id={answer.id}>
      <article className={isWriting ? 'msg ans writing' : 'msg ans'} aria-label="Answer" aria-busy={isWriting}>
        {text !== '' && <Markdown text={text} isGrowing={isWriting} />}
        {state.phase === 'queued' && <Queued canTakeBack={isLast && text === ''} />}
        {state.phase === 'reading' && <ReadingPrompt reading={state} />}
        {state.phase === 'writing' && <Writing tokens={state.tokens} msPerToken={state.timings.decodeMsPerToken} />}
        <AnswerEnd answer={answer} isLast={isLast} />
        {(state.phase === 'done' || state.phase === 'imported') && <AnswerActions answer={answer} isLast={isLast} />}
        <PinLine id={answer.id} />
      </article>
    </MessageMenu>
  );
});

function Queued({ canTakeBack }: { canTakeBack: boolean }) {
  const progress = useApp(({ model }) =>
    model.state === 'loading' ? formatPercent(model.progress.fraction, 0) : null,
  );
  const isNext = useApp(({ running, model }) => running !== null && model.state === 'ready');
  return (
    <div className="acts flat">
      <span>
        {isNext
          ? 'Sent when the answer before it is finished'
          : progress
            ? 'Sent as soon as the model is ready'
            : 'Sent as soon as a model is loaded'}
        {progress && <span className="num"> · {progress}</span>}
      </span>
      {canTakeBack && (
        <span className="meta">
          <button type="button" className="link" onClick={actions.editLast}>
            Take it back
          </button>
        </span>
      )}
    </div>
  );
}

function Writing({ tokens, msPerToken }: { tokens: number; msPerToken: number | null }) {
  const stopping = useApp((state) => state.stopRequested);
  return (
    <div className="acts flat">
      <span>
        <span className="num">{formatCount(tokens)}</span> {tokenWord(tokens)}
        {msPerToken !== null && msPerToken > 0 && (
          <>
            {' · '}
            <span className="num">{formatSpeed(msPerToken)}</span> tok/s
          </>
        )}
      </span>
      <span className="meta">
        {stopping ? (
          'Stopping …'
        ) : (
          <>
            Writing. <kbd>Esc</kbd> stops
          </>
        )}
      </span>
    </div>
  );
}
