import type { Tidying as TidyingState } from '../../../electron/ipc/frames.js';
import { wordsFor } from '../error-words.js';
import { formatBytes, formatCount } from '../format.js';
import { Wording } from '../shell/Wording.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { ProgressBar } from './ProgressBar.js';

/** What idle time makes of the memory: how far that is, then what it freed. */
export function Tidying() {
  const tidying = useApp((state) => state.tidying);
  if (!tidying) return null;
  return <div className="measuring tidying">{words(tidying)}</div>;
}

function words(tidying: TidyingState) {
  switch (tidying.state) {
    case 'running':
      return <Running done={tidying.done} total={tidying.total} />;
    case 'done':
      return (
        <p role="status">
          <Trans
            i18nKey="memory.tidying.freed"
            values={{ bytes: formatBytes(tidying.freedBytes) }}
            components={{ n: <span className="num" /> }}
          />
        </p>
      );
    case 'failed':
      return (
        <p className="wrong" role="status">
          {wordsFor(tidying.error).message}
          <Wording error={tidying.error} />
        </p>
      );
  }
}

/** Only that it has begun is announced: not every part. */
function Running({ done, total }: { done: number; total: number }) {
  return (
    <>
      <p className="ln">
        <span>
          <span role="status">{t('memory.tidying.name')}</span>
          {': '}
          <span className="num">
            {t('memory.tidying.parts', { done: formatCount(done), total: formatCount(total) })}
          </span>
        </span>
        <button type="button" className="link" onClick={() => actions.changeSettings({ tidying: 'off' })}>
          {t('memory.tidying.off')}
        </button>
      </p>
      <ProgressBar label={t('memory.tidying.name')} done={done} total={total} />
    </>
  );
}
