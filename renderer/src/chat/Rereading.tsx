import type { CompressionChoice } from '../../../engine/types.js';
import { openChatTab } from '../assistants/open.js';
import { leastBudget, wordsFor } from '../error-words.js';
import { formatPercent } from '../format.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { Wording } from '../shell/Wording.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { closing } from './closing.js';
import { WaysOut } from './ErrorNote.js';

/** The chat is being read again, or that failed. */
export function Rereading() {
  const reread = useApp((state) => state.reread);
  const stopping = useApp((state) => state.stopRequested);
  if (!reread) return null;
  if (reread.phase === 'failed') {
    const { title, message, ways } = wordsFor(reread.error);
    const budgetBytes = leastBudget(reread.error);
    const readUnder = (compression: CompressionChoice) => {
      actions.setCompression(compression);
      void actions.reread();
    };
    return (
      <div className="note bad" role="alert">
        <Icon name="warn" />
        <div className="grow">
          <b>{title}</b> {message} {t('chat.rereading.textStays')}
          <WaysOut
            ways={ways}
            budgetBytes={budgetBytes}
            run={{
              editSystemPrompt: openChatTab,
              tryAgain: () => void actions.reread(),
              leastBudget: () => budgetBytes !== null && readUnder({ budgetBytes }),
              faithful: () => readUnder({ preset: 'faithful' }),
              openLog: actions.openLog,
            }}
          />
          <Wording error={reread.error} />
        </div>
        <IconButton icon="close" label={t('shell.closeNotice')} onClick={closing(actions.closeReread)} />
      </div>
    );
  }
  const fraction = reread.total > 0 ? reread.processed / reread.total : 0;
  return (
    <div className="note">
      <Icon name="redo" />
      <div className="grow">
        <b>{t('chat.rereading.title')}</b> <span className="num">{formatPercent(fraction, 0)}</span>
        <div
          className="prog"
          role="progressbar"
          aria-label={t('chat.rereading.title')}
          aria-valuenow={Math.round(fraction * 100)}
          aria-valuetext={formatPercent(fraction, 0)}
        >
          <i style={{ width: `${fraction * 100}%` }} />
        </div>
      </div>
      <button type="button" className="btn" disabled={stopping} onClick={actions.stop}>
        {t('chat.rereading.stop')}
      </button>
    </div>
  );
}
