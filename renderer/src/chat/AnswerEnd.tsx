import { formatCount, formatTokens, tokenWord } from '../format.js';
import { Icon } from '../shell/icons.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { ErrorNote } from './ErrorNote.js';

/** How an answer ended, where it did not simply end. */
export function AnswerEnd({ answer, isLast }: { answer: Answer; isLast: boolean }) {
  const { state, text } = answer;
  if (state.phase === 'stopped') return <Stopped tokens={state.figures?.completionTokens ?? null} isLast={isLast} />;
  if (state.phase === 'failed') {
    return state.error.code === 'ENGINE_CRASHED' ? (
      <CutShort hasText={text !== ''} isLast={isLast} />
    ) : (
      <ErrorNote error={state.error} isLast={isLast} hasText={text !== ''} />
    );
  }
  if (state.phase !== 'done') return null;
  if (state.stopReason === 'contextFull') return <ContextFull isLast={isLast} />;
  return text === '' ? <p className="faint">The model ended its answer without a word.</p> : null;
}

function Stopped({ tokens, isLast }: { tokens: number | null; isLast: boolean }) {
  return (
    <div className="acts flat">
      <span>
        {tokens ? (
          <>
            Stopped by you after <span className="num">{formatCount(tokens)}</span> {tokenWord(tokens)}
          </>
        ) : (
          'Stopped by you before the first token'
        )}
      </span>
      {isLast && <RegenerateButton />}
    </div>
  );
}

function CutShort({ hasText, isLast }: { hasText: boolean; isLast: boolean }) {
  const isTold = useApp((state) => state.crash !== null);
  return (
    <div className="acts flat">
      <span>{hasText ? 'Cut short: the engine stopped here' : 'The engine stopped before the first token'}</span>
      {isLast && !isTold && <RegenerateButton />}
    </div>
  );
}

function RegenerateButton() {
  const isBusy = useApp((state) => state.running !== null || state.queued !== null);
  if (isBusy) return null;
  return (
    <span className="meta">
      <button type="button" className="btn" onClick={actions.regenerate}>
        <Icon name="redo" />
        Regenerate
      </button>
    </span>
  );
}

function ContextFull({ isLast }: { isLast: boolean }) {
  const limit = useApp((state) => state.kv?.contextLength ?? null);
  return (
    <div className="note warn" role="status">
      <Icon name="warn" />
      <div className="grow">
        <b>The context is full{limit !== null && `: ${formatTokens(limit)}`}.</b> The answer ends here, and nothing of
        this chat was dropped. A new chat starts with an empty memory.
        {isLast && (
          <div className="go">
            <button type="button" className="btn" onClick={actions.newChat}>
              New chat
            </button>
            <button type="button" className="btn" onClick={actions.editLast}>
              Edit the last message
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
