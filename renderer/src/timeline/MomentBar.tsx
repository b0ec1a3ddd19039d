import { formatMoment } from '../format.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { turnName } from './bands.js';
import { shownMs, shownSample, shownTrace } from './moment.js';

/** Says that what is shown was so, and leads back. At the panel's foot, where nothing moves when it comes. */
export function MomentBar() {
  const ms = useApp(shownMs);
  const isReplay = useApp((state) => state.replay !== null);
  const where = useApp(whereWords);
  if (ms === null) return null;
  return (
    <div className="moment-bar" role="status">
      <span className="grow">
        <Trans
          i18nKey="timeline.asItWas"
          values={{ moment: formatMoment(ms), where }}
          components={{ n: <span className="num" /> }}
        />
      </span>
      {isReplay ? (
        <button type="button" className="link" onClick={actions.closeReplay}>
          {t('timeline.closeReplay')}
        </button>
      ) : (
        <>
          <button type="button" className="link" onClick={actions.backToNow}>
            {t('timeline.backToNow')}
          </button>
          <kbd>Esc</kbd>
        </>
      )}
    </div>
  );
}

/** "turn 2, reading" */
function whereWords(state: AppState): string {
  const trace = shownTrace(state);
  const sample = trace?.samples[shownSample(state) ?? -1];
  if (!trace || !sample) return '';
  return t('timeline.where', { turn: turnName(trace, sample.turn), phase: t(`timeline.phases.${sample.phase}`) });
}
