import { memo } from 'react';
import { formatCount, formatPercent, formatSpeed, tokenWord } from '../format.js';
import { MessageMenu } from '../pins/MessageMenu.js';
import { PinLine } from '../pins/PinLine.js';
import { keysOf } from '../shell/keys.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { AnswerActions } from './AnswerActions.js';
import { AnswerEnd } from './AnswerEnd.js';
import { Markdown } from './Markdown.js';
import { MARKS } from './marks.js';
import { ReadingPrompt } from './ReadingPrompt.js';

export const AnswerView = memo(function AnswerView({ answer, isLast }: { answer: Answer; isLast: boolean }) {
  const { state, text } = answer;
  const isWriting = state.phase === 'writing';
  return (
    <MessageMenu id={answer.id}>
      <article
        className={isWriting ? 'msg ans writing' : 'msg ans'}
        aria-label={t('chat.answer.label')}
        aria-busy={isWriting}
      >
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
        {isNext ? t('chat.queued.afterAnswer') : progress ? t('chat.queued.whenReady') : t('chat.queued.whenLoaded')}
        {progress && <span className="num"> · {progress}</span>}
      </span>
      {canTakeBack && (
        <span className="meta">
          <button type="button" className="link" onClick={actions.editLast}>
            {t('chat.queued.takeBack')}
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
            <span className="num">{formatSpeed(msPerToken)}</span> {t('chat.tokensPerSecond')}
          </>
        )}
      </span>
      <span className="meta">
        {stopping ? (
          t('chat.answer.stopping')
        ) : (
          <Trans i18nKey="chat.answer.writing" values={{ key: keysOf('stop') }} components={MARKS} />
        )}
      </span>
    </div>
  );
}
