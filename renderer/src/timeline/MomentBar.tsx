import { formatMoment } from '../format.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
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
        As it was at <span className="num">{formatMoment(ms)}</span>
        {where}
      </span>
      {isReplay ? (
        <button type="button" className="link" onClick={actions.closeReplay}>
          Close the replay
        </button>
      ) : (
        <>
          <button type="button" className="link" onClick={actions.backToNow}>
            Back to now
          </button>
          <kbd>Esc</kbd>
        </>
      )}
    </div>
  );
}

/** ", turn 2, reading" */
function whereWords(state: AppState): string {
  const trace = shownTrace(state);
  const sample = trace?.samples[shownSample(state) ?? -1];
  if (!trace || !sample) return '';
  return `, ${turnName(trace, sample.turn)}, ${sample.phase}`;
}
