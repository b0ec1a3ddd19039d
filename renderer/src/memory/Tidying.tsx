import type { Tidying as TidyingState } from '../../../electron/ipc/frames.js';
import { wordsFor } from '../error-words.js';
import { formatBytes, formatCount } from '../format.js';
import { Wording } from '../shell/Wording.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { ProgressBar } from './ProgressBar.js';

/**
 * What idle time makes of the memory: how far that is, then what it freed. The place of what is announced stands empty
 * until then: of one that comes with its words, screen readers say nothing.
 */
export function Tidying() {
  const tidying = useApp((state) => state.tidying);
  const running = tidying?.state === 'running' ? tidying : null;
  return (
    <div className={tidying ? 'measuring tidying' : undefined}>
      <p className={tidying?.state === 'failed' ? 'ln wrong' : 'ln'}>
        <span>
          <span role="status">{tidying && announced(tidying)}</span>
          {running && (
            <>
              {': '}
              <span className="num">
                {t('memory.tidying.parts', { done: formatCount(running.done), total: formatCount(running.total) })}
              </span>
            </>
          )}
        </span>
        {running && (
          <button type="button" className="link" onClick={() => actions.changeSettings({ tidying: 'off' })}>
            {t('memory.tidying.off')}
          </button>
        )}
      </p>
      {running && <ProgressBar label={t('memory.tidying.name')} done={running.done} total={running.total} />}
    </div>
  );
}

/** Only that it has begun is announced: not every part. */
function announced(tidying: TidyingState) {
  switch (tidying.state) {
    case 'running':
      return t('memory.tidying.name');
    case 'done':
      return (
        <Trans
          i18nKey="memory.tidying.freed"
          values={{ bytes: formatBytes(tidying.freedBytes) }}
          components={{ n: <span className="num" /> }}
        />
      );
    case 'failed':
      return (
        <>
          {wordsFor(tidying.error).message}
          <Wording error={tidying.error} />
        </>
      );
  }
}
