import type { ReactNode } from 'react';
import { hasShortAnswers } from '../assistants/ask-settings.js';
import { CompareButton } from '../comparison/CompareButton.js';
import { formatCount } from '../format.js';
import { Icon } from '../shell/icons.js';
import { isBusy } from '../store/comparison.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { CopyAnswer } from './AnswerActions.js';
import { ContextFull } from './ContextLimit.js';
import { ErrorNote } from './ErrorNote.js';
import { MARKS } from './marks.js';
import { Versions } from './Versions.js';

/** How an answer ended, where it did not simply end. */
export function AnswerEnd({ answer, isLast }: { answer: Answer; isLast: boolean }) {
  const { state, text } = answer;
  const isTold = useApp((app) => app.crash !== null);
  if (state.phase === 'stopped') {
    const tokens = state.figures?.completionTokens ?? 0;
    return (
      <Ended answer={answer} canRegenerate={isLast}>
        {tokens === 0 ? (
          stoppedEarly(text)
        ) : (
          <Trans
            i18nKey="chat.end.stoppedAfter"
            count={tokens}
            values={{ written: formatCount(tokens) }}
            components={MARKS}
          />
        )}
      </Ended>
    );
  }
  if (state.phase === 'cut') {
    return (
      <Ended answer={answer} canRegenerate={isLast}>
        {t(text === '' ? 'chat.end.appEndedFirst' : 'chat.end.appEnded')}
      </Ended>
    );
  }
  if (state.phase === 'failed') {
    if (state.error.code !== 'ENGINE_CRASHED') {
      return (
        <>
          <ErrorNote error={state.error} isLast={isLast} hasText={text !== ''} />
          <Versions id={answer.id} />
        </>
      );
    }
    return (
      <Ended answer={answer} canRegenerate={isLast && !isTold}>
        {t(text === '' ? 'chat.end.engineStoppedFirst' : 'chat.end.engineStopped')}
      </Ended>
    );
  }
  if (state.phase !== 'done') return null;
  if (state.stopReason === 'contextFull') return <ContextFull isLast={isLast} hasText={text !== ''} />;
  if (state.stopReason === 'maxTokens') {
    return <CutShort tokens={state.figures.completionTokens} isLast={isLast} />;
  }
  return text === '' ? <p className="faint">{t('chat.end.noWord')}</p> : null;
}

/** How many tokens the text has is not known of what was copied while it was written. */
function stoppedEarly(text: string): string {
  return t(text === '' ? 'chat.end.stoppedFirst' : 'chat.end.stopped');
}

interface EndedProps {
  answer: Answer;
  canRegenerate: boolean;
  children: ReactNode;
}

/** An answer that was not finished: why, and what can be done with it. */
function Ended({ answer, canRegenerate, children }: EndedProps) {
  const busy = useApp(isBusy);
  return (
    <div className="acts flat">
      <span>{children}</span>
      <span className="meta">
        <Versions id={answer.id} />
        {answer.text !== '' && <CopyAnswer text={answer.text} />}
        <CompareButton answer={answer} />
        {canRegenerate && !busy && answer.text !== '' && (
          <button type="button" className="btn" onClick={() => actions.continueAnswer(answer.id)}>
            <Icon name="on" />
            {t('chat.actions.continue')}
          </button>
        )}
        {canRegenerate && !busy && (
          <button type="button" className="btn" onClick={actions.regenerate}>
            <Icon name="redo" />
            {t('chat.actions.regenerate')}
          </button>
        )}
      </span>
    </div>
  );
}

/** The answer met the limit that this chat was given. */
function CutShort({ tokens, isLast }: { tokens: number; isLast: boolean }) {
  const areShort = useApp(hasShortAnswers);
  return (
    <div className="acts flat">
      <span>
        <Trans i18nKey="chat.end.short" count={tokens} values={{ written: formatCount(tokens) }} components={MARKS} />
      </span>
      {isLast && areShort && (
        <span className="meta">
          <button type="button" className="btn" onClick={() => actions.setShortAnswers(false)}>
            {t('chat.end.longAgain')}
          </button>
        </span>
      )}
    </div>
  );
}
